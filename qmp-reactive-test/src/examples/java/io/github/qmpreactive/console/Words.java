package io.github.qmpreactive.console;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.error.UnplugRefusedError;
import java.util.Locale;
import org.springframework.web.server.ResponseStatusException;

/** Errors in words for people. Never a message as it is: some have addresses, paths, or what a server sent. */
final class Words {

    private Words() {}

    static String of(Throwable error) {
        if (error instanceof ConnectError connect) {
            return of(connect.reason());
        }
        if (error instanceof ConnectionLostError lost) {
            return lost.how() == ConnectionLostError.How.SILENT ? "QEMU is silent" : "the connection was lost";
        }
        if (error instanceof GreetingError) {
            return "it is no QMP monitor";
        }
        if (error instanceof ExecuteError refused) {
            return Masked.text(refused.description());
        }
        if (error instanceof ExecInterruptedError interrupted) {
            return interrupted.isWritten()
                    ? "The connection was lost: QEMU may have run it, or not"
                    : "The connection was lost before";
        }
        if (error instanceof StateError) {
            return "The connection was lost before";
        }
        if (error instanceof ExecTimeoutError) {
            return "QEMU has not replied in time, and may run it yet";
        }
        if (error instanceof ResponseStatusException ours) {
            return String.valueOf(ours.getReason());
        }
        if (error instanceof NotConnected) {
            return "it is not connected";
        }
        if (error instanceof EventOverflowError) {
            return "more events than the console could take";
        }
        if (error instanceof SupervisorStoppedError && error.getCause() != null) {
            return of(error.getCause());
        }
        return ofTask(error);
    }

    private static String ofTask(Throwable error) {
        if (error instanceof JobFailedError failed) {
            return reason(failed.reason());
        }
        if (error instanceof JobNotFoundError || error instanceof MigrationNotFoundError) {
            return "QEMU does not know it any more: how it ended is unknown";
        }
        if (error instanceof UnplugRefusedError refused) {
            return ("the guest refuses " + refused.reason()).strip();
        }
        if (error instanceof StillPluggedError still) {
            return "the guest has not released it in " + still.limit().toSeconds() + " s; it may do so yet";
        }
        if (error instanceof DeviceNotFoundError) {
            return "there is no such device";
        }
        if (error instanceof MigrationFailedError failed) {
            return reason(failed.reason()) + (failed.runsOn() ? "; the guest runs on here" : "");
        }
        if (error instanceof JobCancelledError || error instanceof MigrationCancelledError) {
            return "it was cancelled";
        }
        return error.getClass().getSimpleName();
    }

    private static String reason(String text) {
        return text.isEmpty() ? "QEMU has told no reason" : Masked.text(text);
    }

    private static String of(ConnectError.Reason reason) {
        return switch (reason) {
            case NOT_FOUND, REFUSED -> "QEMU does not run";
            case NOT_PERMITTED -> "the console may not open its socket";
            case NO_GREETING -> "no greeting: another client holds the monitor, or it is none";
            case UNKNOWN_HOST -> "the name of its host does not resolve";
            case TLS -> "TLS has failed";
            default -> reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }
}
