package io.github.qmpreactive.guest;

import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StateError;

/** What the failure of a command tells of it. */
final class Failures {

    private Failures() {}

    /** The agent has not got it, and will not get it. */
    static boolean isNotSent(Throwable failure) {
        return failure instanceof StateError
                || failure instanceof CommandQueueFullError
                || failure instanceof EncodeError
                || failure instanceof ConnectError
                || isNotSentInTime(failure)
                || (failure instanceof ExecInterruptedError interrupted && !interrupted.isWritten());
    }

    static boolean isNotSentInTime(Throwable failure) {
        return failure instanceof ExecTimeoutError timeout && !timeout.isWritten();
    }

    /** So agents refuse most commands while the guest is frozen, and those that they are configured to refuse. */
    static boolean isDisabled(Throwable failure) {
        return failure instanceof ExecuteError refusal && refusal.errorClass().equals("CommandNotFound");
    }
}
