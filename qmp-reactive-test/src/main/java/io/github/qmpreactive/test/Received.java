package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.schema.Excerpt;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What one client has sent: filled on the connection's event loop, read from anywhere. */
final class Received {

    private static final int MOST_TOLD = 20;

    private final List<ReceivedCommand> commands = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Sinks.Many<ReceivedCommand> sink = Sinks.many().replay().all();

    void add(ReceivedCommand command) {
        synchronized (commands) {
            commands.add(command);
        }
        sink.tryEmitNext(command);
    }

    void add(ByteBuf more) {
        synchronized (bytes) {
            try {
                more.getBytes(more.readerIndex(), bytes, more.readableBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void end() {
        sink.tryEmitComplete();
    }

    List<ReceivedCommand> list() {
        synchronized (commands) {
            return List.copyOf(commands);
        }
    }

    Flux<ReceivedCommand> flux() {
        return sink.asFlux();
    }

    /** Waits for the first of a name, and until it was seen to. */
    static ReceivedCommand await(
            String name,
            Flux<ReceivedCommand> commands,
            Duration timeout,
            String where,
            Supplier<List<ReceivedCommand>> all) {
        Mono<ReceivedCommand> first =
                commands.filter(command -> command.name().equals(name)).next();
        ReceivedCommand found = Checks.await(first, timeout, name + " on " + where, () -> described(all.get()));
        // It is told of before it is answered, on the loop that this has to wait for.
        FakeLoop.run(() -> {});
        return found;
    }

    /** Of commands, for a failure: one a line, the last ones where there are many. */
    private static String described(List<ReceivedCommand> commands) {
        if (commands.isEmpty()) {
            return "; nothing was received";
        }
        int left = Math.max(0, commands.size() - MOST_TOLD);
        StringBuilder text = new StringBuilder("; this was received");
        text.append(left == 0 ? ":" : ", behind " + left + " other commands:");
        commands.stream().skip(left).forEach(command -> text.append("\n  ").append(Excerpt.of(command.raw())));
        return text.toString();
    }

    byte[] bytes() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }
}
