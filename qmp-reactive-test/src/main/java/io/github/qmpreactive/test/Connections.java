package io.github.qmpreactive.test;

import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The connections of a server: those that are open, and the newest of the closed ones. */
final class Connections {

    private final Kept limits;
    private final History<FakeConnection> history;
    private final History.Scope listening = new History.Scope();
    private final AtomicInteger opened = new AtomicInteger();

    Connections(Kept limits) {
        this.limits = limits;
        this.history = new History<>(limits.commands());
    }

    /** Adds one that has been opened; it is made with its number. On the event loop of the fakes. */
    FakeConnection add(IntFunction<FakeConnection> factory) {
        FakeConnection connection = factory.apply(opened.get());
        history.add(connection, this::trim);
        return connection;
    }

    List<FakeConnection> list() {
        return history.list();
    }

    Flux<FakeConnection> flux() {
        return history.flux(listening, connection -> true, () -> null);
    }

    FakeConnection await(int number) {
        Flux<FakeConnection> wanted =
                history.flux(listening, connection -> connection.number() == number, () -> dropped(number));
        return Checks.await(wanted.next(), "connection " + number);
    }

    /** No more come. */
    void end() {
        history.end(listening);
    }

    private @Nullable Throwable dropped(int number) {
        return number < opened.get() && list().stream().noneMatch(c -> c.number() == number)
                ? new AssertionError("Connection " + number + " was closed and dropped: this fake keeps " + limits)
                : null;
    }

    private void trim(Deque<FakeConnection> kept) {
        opened.incrementAndGet();
        long closed = kept.stream().filter(c -> !c.isOpen()).count();
        for (Iterator<FakeConnection> oldest = kept.iterator(); closed > limits.connections(); ) {
            if (!oldest.next().isOpen()) {
                oldest.remove();
                closed--;
            }
        }
    }
}
