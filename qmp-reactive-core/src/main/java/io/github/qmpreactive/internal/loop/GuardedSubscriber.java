package io.github.qmpreactive.internal.loop;

import io.github.qmpreactive.internal.log.SessionLog;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Stands before code of the user's. Whatever that throws, errors of the JVM included, is logged and ends its own
 * subscription alone: the session goes on with whom it signals next, and most of all when it is ending.
 *
 * <p>Reactor's operators throw errors of the JVM to what signals them, in place of signalling them on. So the subscriber gets
 * them as an error; from {@code onSubscribe} the caller gets them, too.
 */
public final class GuardedSubscriber<T> implements CoreSubscriber<T> {

    private final SessionLog log;
    private final String to;
    private final CoreSubscriber<? super T> actual;
    private final Consumer<VirtualMachineError> onFatal;
    private @Nullable Subscription subscription;
    private boolean out;

    /**
     * A guard.
     *
     * @param log of the session
     * @param to what the subscriber has subscribed to, for the log
     * @param actual the subscriber
     */
    public GuardedSubscriber(SessionLog log, String to, CoreSubscriber<? super T> actual) {
        this(log, to, actual, fatal -> {});
    }

    /**
     * A guard.
     *
     * @param log of the session
     * @param to what the subscriber has subscribed to, for the log
     * @param actual the subscriber
     * @param onFatal takes what is wrong with the JVM, a stack that overflowed excepted
     */
    public GuardedSubscriber(
            SessionLog log, String to, CoreSubscriber<? super T> actual, Consumer<VirtualMachineError> onFatal) {
        this.onFatal = onFatal;
        this.log = log;
        this.to = to;
        this.actual = actual;
    }

    /** Puts one before each subscriber to what is emitted to several of them in turn. */
    public static <T> Flux<T> guard(SessionLog log, String to, Flux<T> source) {
        return source.transform(Operators.<T, T>lift((scannable, actual) -> new GuardedSubscriber<>(log, to, actual)));
    }

    /** Puts one before each subscriber to what is emitted to several of them in turn. */
    public static <T> Mono<T> guard(SessionLog log, String to, Mono<T> source) {
        return source.transform(Operators.<T, T>lift((scannable, actual) -> new GuardedSubscriber<>(log, to, actual)));
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription upstream) {
        subscription = upstream;
        try {
            actual.onSubscribe(upstream);
        } catch (Throwable e) {
            leaveOut(e);
            upstream.cancel();
            tell(e);
            // To the caller, as Reactor's sources do: some subscribers ignore an error before they have a subscription.
            Exceptions.throwIfJvmFatal(e);
        }
    }

    @Override
    public void onNext(T value) {
        if (out) {
            return;
        }
        try {
            actual.onNext(value);
        } catch (Throwable e) {
            leaveOut(e);
            if (subscription != null) {
                subscription.cancel();
            }
            tellFatal(e);
        }
    }

    @Override
    public void onError(Throwable error) {
        if (out) {
            return;
        }
        try {
            actual.onError(error);
        } catch (Throwable e) {
            leaveOut(e);
            tellFatal(e);
        }
    }

    @Override
    public void onComplete() {
        if (out) {
            return;
        }
        try {
            actual.onComplete();
        } catch (Throwable e) {
            leaveOut(e);
            tellFatal(e);
        }
    }

    private void tellFatal(Throwable thrown) {
        tell(thrown);
        if (thrown instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
            onFatal.accept(fatal);
        }
    }

    /** Operators throw errors of the JVM to what signals, and leave their subscriber waiting. */
    private void tell(Throwable thrown) {
        if (!Exceptions.isJvmFatal(thrown)) {
            return;
        }
        try {
            actual.onError(thrown);
        } catch (Throwable e) {
            log.debug("The subscriber to {} threw again: {}", to, e.toString());
        }
    }

    private void leaveOut(Throwable thrown) {
        out = true;
        log.error("A subscriber to {} threw from its signal handler and gets no more signals", to, thrown);
    }
}
