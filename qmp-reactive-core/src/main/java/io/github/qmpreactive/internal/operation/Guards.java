package io.github.qmpreactive.internal.operation;

import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps what subscribers throw from what signals to them: it is logged, and ends their subscription alone. */
public final class Guards {

    private final SessionLog log;

    /**
     * A guard.
     *
     * @param name what each line of the log begins with
     */
    public Guards(String name) {
        this.log = new SessionLog(name);
    }

    /** Puts a guard before each subscriber. */
    public <T> Flux<T> guard(String to, Flux<T> source) {
        return GuardedSubscriber.guard(log, to, source);
    }

    /** Puts a guard before each subscriber. */
    public <T> Mono<T> guard(String to, Mono<T> source) {
        return GuardedSubscriber.guard(log, to, source);
    }
}
