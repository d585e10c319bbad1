package io.github.qmpreactive.internal.operation;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.util.concurrent.Queues;
import reactor.util.context.ContextView;

/**
 * Runs steps one after the other, in the order in which they were given, and each signal of what it subscribes to as a
 * step. If another thread, or a step further down the stack, is running steps, it runs this one too, when the current
 * step has returned. So what only steps use needs no other protection.
 */
public final class Turns {

    private final Queue<Runnable> steps =
            Queues.<Runnable>unboundedMultiproducer().get();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Disposable.Composite subscriptions = Disposables.composite();
    private final ContextView context;
    private final @Nullable Consumer<Throwable> onThrown;

    /** Steps for one subscriber: one that throws what it must not throw ends them, so that it gets no more. */
    public Turns(ContextView context) {
        this(context, null);
    }

    /**
     * Steps for many.
     *
     * @param onThrown is called with what a step throws; the next ones run
     */
    public Turns(ContextView context, @Nullable Consumer<Throwable> onThrown) {
        this.context = context;
        this.onThrown = onThrown;
    }

    /** Runs a step, unless these have ended by then. */
    public void run(Runnable step) {
        if (hasEnded()) {
            return;
        }
        steps.add(step);
        if (waiting.getAndIncrement() > 0) {
            return;
        }
        Throwable thrown = null;
        do {
            Runnable next = steps.poll();
            if (next != null && !hasEnded()) {
                Throwable failure = perform(next);
                thrown = failure == null ? thrown : failure;
            }
        } while (waiting.decrementAndGet() > 0);
        if (thrown != null) {
            throw Exceptions.propagate(thrown);
        }
    }

    public <T> Disposable subscribe(
            Flux<T> source, Consumer<? super T> onNext, Consumer<Throwable> onError, Runnable onComplete) {
        if (hasEnded()) {
            return Disposables.disposed();
        }
        Disposable.Swap subscription = Disposables.swap();
        subscriptions.add(subscription);
        // Signals as values: an error that is on its way when this is disposed of would be dropped onto Reactor's
        // hooks.
        subscription.update(source.contextWrite(context)
                .materialize()
                .doFinally(end -> subscriptions.remove(subscription))
                .subscribe(signal -> run(() -> {
                    if (!subscription.isDisposed()) {
                        deliver(signal, onNext, onError, onComplete);
                    }
                })));
        return subscription;
    }

    private static <T> void deliver(
            Signal<T> signal, Consumer<? super T> onNext, Consumer<Throwable> onError, Runnable onComplete) {
        T value = signal.get();
        Throwable error = signal.getThrowable();
        if (value != null) {
            onNext.accept(value);
        } else if (error != null) {
            onError.accept(error);
        } else {
            onComplete.run();
        }
    }

    /** Runs a command that returns nothing. */
    public void perform(Mono<Void> command, Consumer<Throwable> onError, Runnable onComplete) {
        subscribe(command.flux(), none -> {}, onError, onComplete);
    }

    /** Runs an action when these end, or at once if they have ended. */
    public void onEnd(Runnable action) {
        subscriptions.add(action::run);
    }

    /** Cancels all subscriptions; no step runs any more. */
    public void end() {
        subscriptions.dispose();
    }

    public boolean hasEnded() {
        return subscriptions.isDisposed();
    }

    /** Returns what the caller is to throw, once no other thread waits for this one. */
    private @Nullable Throwable perform(Runnable step) {
        try {
            step.run();
            return null;
        } catch (Throwable e) {
            if (onThrown == null) {
                end();
                return e;
            }
            onThrown.accept(e);
            return null;
        }
    }
}
