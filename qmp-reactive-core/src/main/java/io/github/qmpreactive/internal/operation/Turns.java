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
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.concurrent.Queues;
import reactor.util.context.ContextView;

/**
 * Runs steps one after the other, in the order in which they were given, and each signal of what it subscribes to as a
 * step. If another thread, or a step further down the stack, is running steps, it runs this one too, when the current
 * step has returned. So what only steps use needs no other protection.
 *
 * <p>A thread runs 256 steps at a time, and leaves further ones to Reactor's parallel scheduler: it may be an event loop, which
 * would serve the steps of others for as long as they bring more.
 */
public final class Turns {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.operation");
    private static final int MOST = 256;

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
        if (waiting.compareAndSet(0, 1)) {
            if (steps.isEmpty()) {
                runWaiting(step);
            } else {
                // Of a thread that has added it and is about to count it: it has the count of one before this.
                steps.add(step);
                runWaiting(null);
            }
            return;
        }
        steps.add(step);
        if (waiting.getAndIncrement() == 0) {
            runWaiting(null);
        }
    }

    /** Runs the first one, if any, and then those that wait in the queue. */
    private void runWaiting(@Nullable Runnable first) {
        Throwable thrown = null;
        int run = 0;
        Runnable next = first;
        do {
            if (run++ == MOST) {
                if (Operations.runLater(() -> runWaiting(null))) {
                    break;
                }
                run = 0;
            }
            next = next == null ? steps.poll() : next;
            if (next != null && !hasEnded()) {
                Throwable failure = perform(next);
                thrown = failure == null ? thrown : failure;
            }
            next = null;
        } while (waiting.decrementAndGet() > 0);
        if (thrown != null) {
            throw Exceptions.propagate(thrown);
        }
    }

    /**
     * Subscribes, and runs each signal as a step. What the source throws instead of a signal is its error, too: Reactor's operators
     * throw errors of the JVM.
     *
     * @return cancels the source, whose exceptions are logged; none of its signals is a step after that
     */
    public <T> Disposable subscribe(
            Flux<T> source, Consumer<? super T> onNext, Consumer<Throwable> onError, Runnable onComplete) {
        if (hasEnded()) {
            return Disposables.disposed();
        }
        Subscribed<T> subscribed = new Subscribed<>(onNext, onError, onComplete);
        subscriptions.add(subscribed);
        subscribed.to(source);
        return subscribed;
    }

    private final class Subscribed<T> implements Disposable {

        private final Consumer<? super T> onNext;
        private final Consumer<Throwable> onError;
        private final Runnable onComplete;
        private final Disposable.Swap subscription = Disposables.swap();

        /** Used in turns: what has thrown may have signalled before. */
        private boolean ended;

        Subscribed(Consumer<? super T> onNext, Consumer<Throwable> onError, Runnable onComplete) {
            this.onNext = onNext;
            this.onError = onError;
            this.onComplete = onComplete;
        }

        void to(Flux<T> source) {
            try {
                // Signals as values: an error that is on its way when this is disposed of would be dropped onto
                // Reactor's
                // hooks.
                subscription.update(source.contextWrite(context)
                        .materialize()
                        .doFinally(end -> subscriptions.remove(this))
                        .subscribe(signal -> run(() -> deliver(signal))));
            } catch (Throwable thrown) {
                subscriptions.remove(this);
                run(() -> deliver(Signal.error(thrown)));
            }
        }

        private void deliver(Signal<T> signal) {
            if (ended || isDisposed()) {
                return;
            }
            T value = signal.get();
            if (value != null) {
                onNext.accept(value);
                return;
            }
            ended = true;
            Throwable error = signal.getThrowable();
            if (error != null) {
                onError.accept(error);
            } else {
                onComplete.run();
            }
        }

        @Override
        public void dispose() {
            try {
                subscription.dispose();
            } catch (Throwable thrown) {
                LOG.warn("Ignored what was thrown when a subscription was cancelled", thrown);
            }
        }

        @Override
        public boolean isDisposed() {
            return subscription.isDisposed();
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
