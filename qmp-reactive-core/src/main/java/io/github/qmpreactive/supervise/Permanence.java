package io.github.qmpreactive.supervise;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.QmpError;

/** After which failure of an attempt there is no hope. */
final class Permanence {

    /** There will be no session, whatever is tried. */
    static final class NoSessionException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        NoSessionException(String message) {
            super(message);
        }

        NoSessionException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private Permanence() {}

    /**
     * Whether the supervisor gives up.
     *
     * @param connecting whether connecting failed, and not onConnect
     * @param wasUp whether there was a session since the start: then the address is right
     */
    static boolean isPermanent(SupervisorOptions<?> options, Throwable error, boolean connecting, boolean wasUp) {
        try {
            return options.permanent()
                    .map(test -> test.test(error))
                    .orElseGet(() -> connecting && isHopeless(error, wasUp));
        } catch (Throwable thrown) {
            if (thrown != error) {
                error.addSuppressed(thrown);
            }
            return true;
        }
    }

    private static boolean isHopeless(Throwable error, boolean wasUp) {
        if (wasUp && error instanceof ConnectError known && mayPass(known.reason())) {
            return false;
        }
        return error instanceof NoSessionException || (error instanceof QmpError known && !known.isTemporary());
    }

    /** A name server is out of order; a socket was made anew, and has not got its owner yet. */
    private static boolean mayPass(Reason reason) {
        return reason == Reason.UNKNOWN_HOST || reason == Reason.NOT_PERMITTED;
    }
}
