package io.github.qmpreactive.supervise;

import java.util.Objects;
import reactor.core.publisher.Mono;

/** Where a supervisor gets its sessions from. */
interface SessionSource<S> {

    /** A source that does not need to know whether it is used. */
    static <S> SessionSource<S> of(Mono<S> connect) {
        Objects.requireNonNull(connect, "connect");
        return () -> connect;
    }

    /** Subscribed to for each attempt. */
    Mono<S> next();

    /** The supervisor was started. */
    default void started() {}

    /** The supervisor was stopped, or gave up. */
    default void stopped() {}
}
