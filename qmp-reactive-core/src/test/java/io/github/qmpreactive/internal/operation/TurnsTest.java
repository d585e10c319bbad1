package io.github.qmpreactive.internal.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

@DisplayName("Steps that follow an operation")
class TurnsTest {

    private final List<String> signals = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();
    private final AtomicReference<Subscriber<? super Integer>> subscriber = new AtomicReference<>();
    private final Turns turns = new Turns(Context.empty());

    @BeforeEach
    void hook() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void unhook() {
        Hooks.resetOnErrorDropped();
    }

    private Disposable subscribe() {
        Flux<Integer> source = Flux.from(actual -> {
            subscriber.set(actual);
            actual.onSubscribe(Operators.emptySubscription());
        });
        return turns.subscribe(
                source,
                value -> signals.add("" + value),
                error -> signals.add(error.getMessage()),
                () -> signals.add("end"));
    }

    private Subscriber<? super Integer> source() {
        return Objects.requireNonNull(subscriber.get());
    }

    @Test
    @DisplayName("are each signal, and the end")
    void signals() {
        subscribe();
        source().onNext(1);
        source().onComplete();
        subscribe();
        source().onError(new IllegalStateException("failure"));
        assertEquals(List.of("1", "end", "failure"), signals);
    }

    @Test
    @DisplayName("are not an error that is on its way when all ends, nor is that dropped onto Reactor's hooks")
    void errorBehindTheEnd() {
        subscribe();
        turns.end();
        source().onError(new IllegalStateException("late"));
        assertEquals(List.of(), signals);
        assertEquals(List.of(), dropped);
    }

    @Test
    @DisplayName("are not an error that is on its way when its own subscription is disposed of")
    void errorBehindDispose() {
        Disposable subscription = subscribe();
        subscription.dispose();
        source().onError(new IllegalStateException("late"));
        assertEquals(List.of(), signals);
        assertEquals(List.of(), dropped);
        subscribe();
        source().onComplete();
        assertEquals(List.of("end"), signals);
    }

    @Test
    @DisplayName("go on behind one that throws where many need them, and what it throws is reported")
    void throwsForMany() {
        List<Throwable> thrown = new ArrayList<>();
        Turns many = new Turns(Context.empty(), thrown::add);
        IllegalStateException failure = new IllegalStateException("as a test says");
        many.run(() -> {
            many.run(() -> signals.add("waited"));
            throw failure;
        });
        many.run(() -> signals.add("later"));
        assertEquals(List.of("waited", "later"), signals);
        assertEquals(List.of(failure), thrown);
    }

    @Test
    @DisplayName("end behind one that throws where one subscriber needs them, and the caller gets what was thrown")
    void throwsForOne() {
        IllegalStateException failure = new IllegalStateException("as a test says");
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> turns.run(() -> {
                            turns.run(() -> signals.add("waited"));
                            throw failure;
                        })));
        turns.run(() -> signals.add("later"));
        assertEquals(List.of(), signals);
        assertTrue(turns.hasEnded());
    }
}
