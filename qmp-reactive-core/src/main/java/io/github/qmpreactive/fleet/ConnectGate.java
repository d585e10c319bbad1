package io.github.qmpreactive.fleet;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * Bounds how many machines connect at a time. Those that took a place until their timeout the last time have only a share of
 * the places: a hundred silent machines would hold all of them otherwise, again and again.
 */
final class ConnectGate {

    private static final int SHARE = 4;

    private final Places all;
    private final Places silent;

    ConnectGate(int maxConnecting) {
        this.all = new Places(maxConnecting);
        this.silent = new Places(Math.max(1, maxConnecting / SHARE));
    }

    /** The attempts of one machine. */
    Mono<QmpSession> limit(Mono<QmpSession> connect) {
        AtomicBoolean timedOut = new AtomicBoolean();
        Mono<QmpSession> limited = all.limit(
                connect.doOnNext(session -> timedOut.set(false)).doOnError(error -> timedOut.set(isTimeout(error))));
        Mono<QmpSession> again = silent.limit(limited);
        return Mono.defer(() -> timedOut.get() ? again : limited);
    }

    private static boolean isTimeout(Throwable error) {
        return error instanceof ConnectError failed
                && switch (failed.reason()) {
                    case CONNECT_TIMEOUT, NO_GREETING, NO_NEGOTIATION_REPLY -> true;
                    default -> false;
                };
    }
}
