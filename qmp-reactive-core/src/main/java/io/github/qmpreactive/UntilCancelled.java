package io.github.qmpreactive;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.Context;

/**
 * Hands on nothing behind a cancel. Cancelling an opening closes what was opened, which upstream is an error: subscribers
 * would hand it to Reactor's hooks.
 */
final class UntilCancelled<T> implements CoreSubscriber<T>, Subscription {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.session");

    private final CoreSubscriber<? super T> actual;
    private final Consumer<? super T> close;
    private volatile boolean cancelled;
    private @Nullable Subscription upstream;

    private UntilCancelled(CoreSubscriber<? super T> actual, Consumer<? super T> close) {
        this.actual = actual;
        this.close = close;
    }

    /** The same Mono; what it emits behind a cancel is closed, and an error is logged. */
    static <T> Mono<T> of(Mono<T> source, Consumer<? super T> close) {
        return source.transform(Operators.<T, T>lift((scannable, actual) -> new UntilCancelled<>(actual, close)));
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(T value) {
        if (cancelled) {
            close.accept(value);
        } else {
            actual.onNext(value);
        }
    }

    @Override
    public void onError(Throwable error) {
        if (cancelled) {
            LOG.debug("A cancelled opening failed: {}", error.toString());
        } else {
            actual.onError(error);
        }
    }

    @Override
    public void onComplete() {
        if (!cancelled) {
            actual.onComplete();
        }
    }

    @Override
    public void request(long n) {
        if (upstream != null) {
            upstream.request(n);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (upstream != null) {
            upstream.cancel();
        }
    }
}
