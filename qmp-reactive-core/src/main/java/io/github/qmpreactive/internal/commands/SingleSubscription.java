package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.internal.loop.SessionLoop;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * Delivers one value, or one error, to one subscriber, exactly once, on the event loop: the first of value, error and
 * cancel wins, from whichever thread it comes, and nothing is ever dropped onto Reactor's hooks.
 */
abstract class SingleSubscription<T> implements Subscription {

    private enum Phase {
        NO_DEMAND,
        DEMAND,
        VALUE_WITHOUT_DEMAND,
        DONE,
        CANCELLED
    }

    private final SessionLoop loop;
    private final CoreSubscriber<? super T> actual;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NO_DEMAND);
    private @Nullable T value;

    SingleSubscription(SessionLoop loop, CoreSubscriber<? super T> actual) {
        this.loop = loop;
        this.actual = actual;
    }

    /** Called once if the subscriber cancels before the end, on its thread. */
    abstract void onCancel();

    /** Called once before the value is delivered, or begins to wait until it is requested. */
    abstract void onSuccess();

    /** Called once before the error is delivered. */
    abstract void onFailure(Throwable error);

    /** Whether the value or error was delivered, or the subscriber has cancelled. */
    final boolean isDone() {
        Phase now = phase.get();
        return now == Phase.DONE || now == Phase.CANCELLED;
    }

    /** Whether the subscriber has cancelled before a value or an error. */
    final boolean isCancelled() {
        return phase.get() == Phase.CANCELLED;
    }

    @Override
    public final void request(long n) {
        if (!Operators.validate(n) || phase.compareAndSet(Phase.NO_DEMAND, Phase.DEMAND)) {
            return;
        }
        if (phase.compareAndSet(Phase.VALUE_WITHOUT_DEMAND, Phase.DONE)) {
            loop.execute(this::emitValue);
        }
    }

    @Override
    public final void cancel() {
        if (phase.compareAndSet(Phase.NO_DEMAND, Phase.CANCELLED)
                || phase.compareAndSet(Phase.DEMAND, Phase.CANCELLED)) {
            onCancel();
        } else {
            phase.compareAndSet(Phase.VALUE_WITHOUT_DEMAND, Phase.DONE);
        }
    }

    /** Delivers a value, now or when it is requested. Returns false if it came too late. */
    final boolean succeed(T result) {
        assert loop.isCurrent();
        value = result;
        if (phase.compareAndSet(Phase.DEMAND, Phase.DONE)) {
            onSuccess();
            emitValue();
            return true;
        }
        if (phase.compareAndSet(Phase.NO_DEMAND, Phase.VALUE_WITHOUT_DEMAND)) {
            onSuccess();
            return true;
        }
        if (phase.compareAndSet(Phase.DEMAND, Phase.DONE)) {
            onSuccess();
            emitValue();
            return true;
        }
        return false;
    }

    /** Delivers an error. Returns false if it came too late. */
    final boolean fail(Throwable error) {
        if (phase.compareAndSet(Phase.NO_DEMAND, Phase.DONE) || phase.compareAndSet(Phase.DEMAND, Phase.DONE)) {
            onFailure(error);
            actual.onError(error);
            return true;
        }
        return false;
    }

    private void emitValue() {
        T result = value;
        value = null;
        if (result != null) {
            actual.onNext(result);
            actual.onComplete();
        }
    }
}
