package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.message.QmpCommand;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Words the error of a command whose result does not fit the class that was asked for. */
public final class ResultTypes {

    private ResultTypes() {}

    /**
     * The error. What Jackson says may repeat what was returned: where that is a secret, it is left out.
     *
     * @param session the name of the session
     * @param command the command
     * @param type the class that was asked for
     * @param result what the command returned
     * @param why what does not fit
     * @param cause what was thrown, if anything
     * @return the error
     */
    public static ResultTypeError error(
            String session, QmpCommand command, String type, JsonNode result, String why, @Nullable Throwable cause) {
        Secrets secrets = Secrets.ofReplyTo(command.json());
        boolean secret = secrets.isSpecial() || secrets.isIn(result);
        return new ResultTypeError(
                "[" + session + "] What " + command + " returned does not fit " + type + ": "
                        + (secret ? Secrets.HIDDEN : WireText.ofWords(why)),
                result,
                secret ? null : cause);
    }
}
