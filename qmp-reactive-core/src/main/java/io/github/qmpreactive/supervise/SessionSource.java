package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.LogShare;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where a supervisor gets its sessions from. */
interface SessionSource<S> {

    /** A source that does not need to know whether it is used. */
    static <S> SessionSource<S> of(Mono<S> connect) {
        Objects.requireNonNull(connect, "connect");
        LogShare share = LogShare.of(connect);
        return new SessionSource<>() {
            @Override
            public Mono<S> next() {
                return connect;
            }

            @Override
            public @Nullable LogShare logShare() {
                return share;
            }
        };
    }

    /** Subscribed to for each attempt. */
    Mono<S> next();

    /** Why this source has disconnected a session that the supervisor had, if it has. */
    default @Nullable Throwable whyDisconnected(S session) {
        return null;
    }

    /** With which other supervisors it shares the log, if with any. */
    default @Nullable LogShare logShare() {
        return null;
    }

    /** The supervisor was started. */
    default void started() {}

    /** The supervisor was stopped, or gave up. */
    default void stopped() {}
}
