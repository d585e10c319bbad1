package io.github.qmpreactive.internal.transport;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;

/**
 * One attempt to connect, begun when its connection is requested. It never cancels Reactor Netty's Mono: a connection that
 * comes about at that very moment would now and then reach Reactor's hook for dropped values. It closes the channel
 * instead, and passes over what comes of that.
 */
final class ConnectAttempt implements Subscription {

    private enum Phase {
        NEW,
        CONNECTING,
        DONE
    }

    private final Function<ConnectionLease, Mono<? extends Connection>> connecting;

    /** Null once it was told: the channel keeps this attempt, and must not keep what came of it. */
    private volatile @Nullable CoreSubscriber<? super Connection> actual;

    private final ConnectionLease channel = new ConnectionLease();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);

    private ConnectAttempt(
            Function<ConnectionLease, Mono<? extends Connection>> connecting,
            CoreSubscriber<? super Connection> actual) {
        this.connecting = connecting;
        this.actual = actual;
    }

    /** Emits on the thread on which the given Mono does, which is given the lease that holds its channel. */
    static Mono<Connection> of(Function<ConnectionLease, Mono<? extends Connection>> connecting) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Connection> actual) {
                actual.onSubscribe(new ConnectAttempt(connecting, actual));
            }
        };
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n) && phase.compareAndSet(Phase.NEW, Phase.CONNECTING)) {
            try {
                connecting.apply(channel).subscribe(this::connected, this::failed);
            } catch (RejectedExecutionException e) {
                failed(e);
            }
        }
    }

    @Override
    public void cancel() {
        phase.set(Phase.DONE);
        channel.giveUp();
    }

    private void connected(Connection connection) {
        if (channel.handOver() && phase.compareAndSet(Phase.CONNECTING, Phase.DONE)) {
            CoreSubscriber<? super Connection> told = release();
            told.onNext(connection);
            told.onComplete();
        } else {
            connection.dispose();
        }
    }

    private void failed(Throwable error) {
        if (phase.compareAndSet(Phase.CONNECTING, Phase.DONE)) {
            release().onError(error);
        }
    }

    private CoreSubscriber<? super Connection> release() {
        CoreSubscriber<? super Connection> told = Objects.requireNonNull(actual);
        actual = null;
        return told;
    }
}
