package io.github.qmpreactive.fleet;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ExecTimeoutError;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * Bounds how many machines connect at a time. Those of which the last attempt took long without a session wait apart from the
 * others: a hundred silent machines would hold all places otherwise, again and again.
 */
final class ConnectGate {

    /** How many causes of an error are looked at: they may be a circle. */
    private static final int DEPTH = 8;

    private final Places places;

    /** As fast as they come, so many at a time. */
    ConnectGate(int maxConnecting) {
        this(maxConnecting, Duration.ZERO);
    }

    ConnectGate(int maxConnecting, Duration pace) {
        this.places = new Places(maxConnecting, pace);
    }

    /** The attempts of one machine. */
    Mono<QmpSession> limit(Mono<QmpSession> connect) {
        AtomicBoolean slow = new AtomicBoolean();
        return Mono.defer(() -> {
            AtomicBoolean tookLong = new AtomicBoolean();
            Mono<QmpSession> attempt = connect.doOnNext(session -> slow.set(false))
                    .doOnError(error -> slow.set(tookLong.get() || isTimeout(error)));
            return places.limit(attempt, slow.get(), () -> tookLong.set(true));
        });
    }

    private static boolean isTimeout(Throwable error) {
        Throwable cause = error;
        for (int i = 0; i < DEPTH && cause != null; i++) {
            if (cause instanceof TimeoutException || cause instanceof ExecTimeoutError || isSilence(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isSilence(Throwable error) {
        return error instanceof ConnectError failed
                && switch (failed.reason()) {
                    case CONNECT_TIMEOUT, NO_GREETING, NO_NEGOTIATION_REPLY -> true;
                    default -> false;
                };
    }
}
