package io.github.qmpreactive.internal.observation;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.internal.log.CallbackGuard;
import io.github.qmpreactive.observe.CommandEnd;
import io.github.qmpreactive.observe.CommandEnd.Outcome;
import io.github.qmpreactive.observe.CommandObservation;
import org.jspecify.annotations.Nullable;

/** Reports one command to its observer. */
public final class CommandReport {

    private final CallbackGuard guard;
    private final CommandObservation observation;
    private @Nullable String errorClass;
    private boolean cancelled;
    private boolean released;

    CommandReport(CallbackGuard guard, CommandObservation observation) {
        this.guard = guard;
        this.observation = observation;
    }

    /** It was written. */
    public void written() {
        guard.run("written", observation::written);
    }

    /** Its answer, which the subscriber is given as it is, has an error of this class. */
    public void rawError(String errorClass) {
        this.errorClass = errorClass;
    }

    /** Its subscriber is given a value. */
    public void succeeded() {
        end(new CommandEnd(errorClass == null ? Outcome.SUCCESS : Outcome.ERROR, true, errorClass, null));
    }

    /** Its subscriber is given an error. */
    public void failed(boolean written, Throwable error) {
        String refusal = error instanceof ExecuteError refused ? refused.errorClass() : null;
        end(new CommandEnd(outcome(error), written, refusal, error));
    }

    /** Its subscriber has cancelled; may be told again. */
    public void cancelled(boolean written) {
        if (!cancelled) {
            cancelled = true;
            end(new CommandEnd(Outcome.CANCELLED, written, null, null));
        }
    }

    /** It was refused before it was queued. */
    public void refused(Throwable error) {
        released();
        failed(false, error);
    }

    /** It has left its place in the queue or in the window. */
    public void released() {
        if (!released) {
            released = true;
            guard.run("released", observation::released);
        }
    }

    private void end(CommandEnd end) {
        guard.run("ended", () -> observation.ended(end));
    }

    private static Outcome outcome(Throwable error) {
        if (error instanceof ExecuteError) {
            return Outcome.ERROR;
        }
        if (error instanceof ExecTimeoutError) {
            return Outcome.TIMEOUT;
        }
        if (error instanceof ExecInterruptedError) {
            return Outcome.DISCONNECTED;
        }
        return error instanceof BadReplyError || error instanceof MessageTooLargeError
                ? Outcome.UNUSABLE_REPLY
                : Outcome.REFUSED;
    }
}
