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
 * Errors for spans: of the same class, made anew without the words of the server, without what was sent, and without causes.
 * Each of these may quote an argument, and spans go to places that logs do not.
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
        if (error instanceof ExecTimeoutError late) {
            String what = late.isWritten() ? " was not answered within " : " was never sent within ";
            return new ExecTimeoutError(
                    command + what + late.timeout().toMillis() + " ms", command, late.isWritten(), late.timeout());
        }
        if (error instanceof ExecInterruptedError interrupted) {
            QmpError cause = ofEnd(interrupted.getCause());
            return new ExecInterruptedError(
                    command + " was interrupted: " + cause.getMessage(), command, interrupted.isWritten(), cause);
        }
        if (error instanceof BadReplyError) {
            return new BadReplyError("The reply to " + command + " cannot be used", NOTHING, NOTHING, null);
        }
        if (error instanceof MessageTooLargeError tooLarge) {
            return ofSize("The reply to " + command, tooLarge);
        }
        if (error instanceof CommandQueueFullError full) {
            return new CommandQueueFullError(
                    command + " was not sent: " + full.limit(), full.limit(), full.maxQueued(), full.maxQueuedBytes());
        }
        if (error instanceof StateError state) {
            return new StateError(
                    command + " needs a session that is " + state.required() + ", but this one is " + state.state(),
                    state.state(),
                    state.required());
        }
        return new EncodeError(command + " was not sent: " + nameOf(error), null);
    }

    static Throwable ofOpening(Throwable error) {
        Reason reason = error instanceof ConnectError failed ? failed.reason() : Reason.OTHER;
        return new ConnectError(reason, "No session was opened: " + nameOf(error) + ", " + reason, null);
    }

    private static QmpError ofEnd(@Nullable Throwable error) {
        if (error instanceof ConnectionLostError lost) {
            return new ConnectionLostError(lost.how(), "the connection was lost, " + lost.how(), lost.silence(), null);
        }
        if (error instanceof MessageTooLargeError tooLarge) {
            return ofSize("a message", tooLarge);
        }
        String what = error instanceof StateError ? "the session is over" : "the session has failed: " + nameOf(error);
        return new StateError(what, SessionState.DISCONNECTED, SessionState.RUNNING);
    }

    private static MessageTooLargeError ofSize(String what, MessageTooLargeError error) {
        return new MessageTooLargeError(
                what + " is larger than " + error.limit() + " bytes", error.limit(), error.endsSession());
    }

    private static String nameOf(@Nullable Throwable error) {
        return error == null ? "" : error.getClass().getSimpleName();
    }
}
