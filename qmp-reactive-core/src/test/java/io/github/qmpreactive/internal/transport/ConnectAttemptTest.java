package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

@DisplayName("An attempt to connect")
class ConnectAttemptTest {

    /** Counts how often it is closed. */
    private static final class Counted implements Connection {
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public Channel channel() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispose() {
            closed.incrementAndGet();
        }
    }

    /** Keeps each signal. */
    private static final class Signals extends BaseSubscriber<Connection> {
        final List<Object> all = new ArrayList<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        protected void hookOnNext(Connection connection) {
            all.add(connection);
        }

        @Override
        protected void hookOnComplete() {
            all.add("complete");
        }

        @Override
        protected void hookOnError(Throwable error) {
            all.add(error);
        }
    }

    private final Counted connection = new Counted();
    private final Sinks.One<Connection> connecting = Sinks.one();
    private final Signals signals = new Signals();

    @Test
    @DisplayName("emits its connection and completes; cancelled afterwards, it leaves the connection open")
    void connected() {
        ConnectAttempt.of(lease -> {
                    lease.hold(connection);
                    return connecting.asMono();
                })
                .subscribe(signals);
        connecting.tryEmitValue(connection).orThrow();
        assertEquals(List.of(connection, "complete"), signals.all);
        signals.cancel();
        assertEquals(0, connection.closed.get());
    }

    @Test
    @DisplayName("P21 fails where the event loop refuses to begin it")
    void refused() {
        RejectedExecutionException refusal = new RejectedExecutionException("event executor terminated");
        StepVerifier.create(ConnectAttempt.of(lease -> {
                    throw refusal;
                }))
                .verifyErrorSatisfies(error -> assertSame(refusal, error));
        StepVerifier.create(ConnectAttempt.of(lease -> Mono.error(refusal)))
                .verifyErrorSatisfies(error -> assertSame(refusal, error));
    }

    @Test
    @DisplayName("P16 that is cancelled while it connects closes its channel")
    void cancelled() {
        ConnectAttempt.of(lease -> {
                    lease.hold(connection);
                    return connecting.asMono();
                })
                .subscribe(signals);
        signals.cancel();
        assertEquals(1, connection.closed.get());
        assertEquals(List.of(), signals.all);
    }

    @Test
    @DisplayName("P16 whose connection comes about after it was cancelled closes the connection, and emits nothing")
    void connectedAfterCancel() {
        ConnectAttempt.of(lease -> connecting.asMono()).subscribe(signals);
        signals.cancel();
        connecting.tryEmitValue(connection).orThrow();
        assertEquals(1, connection.closed.get());
        assertEquals(List.of(), signals.all);
    }

    @Test
    @DisplayName("P22 that fails after it was cancelled emits nothing")
    void failedAfterCancel() {
        ConnectAttempt.of(lease -> connecting.asMono()).subscribe(signals);
        signals.cancel();
        connecting.tryEmitError(new IllegalStateException("too late")).orThrow();
        assertEquals(List.of(), signals.all);
    }
}
