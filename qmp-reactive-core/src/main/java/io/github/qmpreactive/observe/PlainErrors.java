package io.github.qmpreactive.observe;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.SessionState;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Errors for spans: of the same class, without the words of the server and without what was sent. Either may quote an
 * argument, and spans go to places that logs do not.
 */
final class PlainErrors {

    private static final ObjectNode NOTHING = JsonNodeFactory.instance.objectNode();

    private PlainErrors() {}

    static Throwable of(String command, Throwable error) {
        if (error instanceof ExecuteError refused) {
            String errorClass = ErrorClasses.of(refused.errorClass());
            return new ExecuteError(
                    command + " failed: " + errorClass, new ErrorResponse(errorClass, ""), NOTHING, NOTHING);
        }
        if (error instanceof ExecInterruptedError interrupted) {
            QmpError cause = plainCause(interrupted);
            return new ExecInterruptedError(
                    command + " was interrupted: " + cause.getMessage(), command, interrupted.isWritten(), cause);
        }
        if (error instanceof BadReplyError) {
            return new BadReplyError("The reply to " + command + " cannot be used", NOTHING, NOTHING, null);
        }
        return saysNoArgument(error) ? error : new EncodeError(command + " was not sent: " + nameOf(error), null);
    }

    static Throwable ofOpening(Throwable error) {
        Reason reason = error instanceof ConnectError failed ? failed.reason() : Reason.OTHER;
        return new ConnectError(reason, "No session was opened: " + nameOf(error) + ", " + reason, null);
    }

    private static QmpError plainCause(ExecInterruptedError error) {
        return error.getCause() instanceof QmpError cause && saysNoArgument(cause)
                ? cause
                : new StateError(
                        "the session has failed: " + nameOf(error.getCause()),
                        SessionState.DISCONNECTED,
                        SessionState.RUNNING);
    }

    /** What these say is made of names, limits and times. */
    private static boolean saysNoArgument(Throwable error) {
        return error instanceof ExecTimeoutError
                || error instanceof CommandQueueFullError
                || error instanceof StateError
                || error instanceof ConnectionLostError
                || error instanceof MessageTooLargeError;
    }

    private static String nameOf(@Nullable Throwable error) {
        return error == null ? "" : error.getClass().getSimpleName();
    }
}
