package io.github.qmpreactive.internal.listen;

import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.session.NegotiatedSession;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/** The subscription to the sessions of a listener, with its demand. */
final class AcceptSubscription implements Subscription {

    private final SessionLoop loop;
    private final CoreSubscriber<? super NegotiatedSession> actual;
    private final Runnable onRequest;
    private final Consumer<AcceptSubscription> onCancel;
    private long requested;
    private boolean over;
    private volatile boolean cancelled;

    AcceptSubscription(
            SessionLoop loop,
            CoreSubscriber<? super NegotiatedSession> actual,
            Runnable onRequest,
            Consumer<AcceptSubscription> onCancel) {
        this.loop = loop;
        this.actual = actual;
        this.onRequest = onRequest;
        this.onCancel = onCancel;
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            loop.execute(() -> {
                requested = Operators.addCap(requested, n);
                onRequest.run();
            });
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        loop.execute(() -> onCancel.accept(this));
    }

    /** Whether it was cancelled, maybe before it was accepted. */
    boolean isCancelled() {
        return cancelled;
    }

    /** How many more sessions are wanted: none once it was cancelled. */
    long demand() {
        assert loop.isCurrent();
        return cancelled || over ? 0 : requested;
    }

    void take(NegotiatedSession session) {
        assert loop.isCurrent();
        if (requested != Long.MAX_VALUE) {
            requested--;
        }
        actual.onNext(session);
    }

    /** Ends it, with an error if there is one. */
    void end(@Nullable Throwable error) {
        assert loop.isCurrent();
        if (cancelled || over) {
            return;
        }
        over = true;
        if (error == null) {
            actual.onComplete();
        } else {
            actual.onError(error);
        }
    }
}
