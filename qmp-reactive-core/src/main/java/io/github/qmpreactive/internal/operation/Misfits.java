package io.github.qmpreactive.internal.operation;

import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.internal.commands.ResultTypes;
import io.github.qmpreactive.message.QmpCommand;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Words what a result does not fit, as a session does, without secrets. */
public final class Misfits {

    private Misfits() {}

    /**
     * The error of a command whose result does not fit.
     *
     * @param session the name of the session
     * @param command the command
     * @param type the type that was asked for
     * @param result what the command returned
     * @param why what does not fit
     * @param cause what was thrown, if anything
     * @return the error
     */
    public static ResultTypeError error(
            String session, QmpCommand command, String type, JsonNode result, String why, @Nullable Throwable cause) {
        return ResultTypes.error(session, command, type, result, why, cause);
    }

    /**
     * A part of a result as it may be printed.
     *
     * @param value the part
     * @return compact JSON, one line, cut where it is long
     */
    public static String text(JsonNode value) {
        return WireText.of(value);
    }
}
