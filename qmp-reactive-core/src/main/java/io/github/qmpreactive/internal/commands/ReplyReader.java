package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.message.ErrorResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Understands a reply: what the command returned, or the error it earned. */
public final class ReplyReader {

    private final SessionName session;

    public ReplyReader(SessionName session) {
        this.session = session;
    }

    /** The {@code return} member; throws ExecuteError or BadReplyError where there is none. */
    JsonNode result(Request request, ObjectNode reply) {
        JsonNode error = reply.get("error");
        JsonNode result = reply.get("return");
        if (error != null) {
            ErrorResponse response = errorResponse(error);
            if (response == null) {
                throw bad(request, reply, "its error is not class and description");
            }
            throw new ExecuteError(
                    session.prefix() + request.name() + " failed: " + WireText.ofName(response.errorClass()) + ": "
                            + Secrets.ofWords(response.description(), request.message()),
                    response,
                    Secrets.withoutSecrets(request.message()),
                    reply);
        }
        if (result == null) {
            throw bad(request, reply, "it has neither return nor error");
        }
        return result;
    }

    /** The error of a command whose reply is too large, or cannot be read. */
    static QmpError unusable(String prefix, Request request, Inbound.Unusable reply) {
        String what = prefix + "The reply to " + request.name() + " cannot be used: " + reply.problem(prefix);
        if (reply.error() instanceof MessageTooLargeError tooLarge) {
            boolean flat = request.name().equals("query-named-block-nodes");
            return new MessageTooLargeError(
                    what + (flat ? "; the argument flat=true makes it much smaller" : ""), tooLarge.limit(), false);
        }
        return new BadReplyError(what, Secrets.withoutSecrets(request.message()), reply.raw(), reply.error());
    }

    public static @Nullable ErrorResponse errorResponse(JsonNode error) {
        JsonNode errorClass = error.path("class");
        JsonNode description = error.path("desc");
        return errorClass.isString() && description.isString()
                ? new ErrorResponse(errorClass.stringValue(), description.stringValue())
                : null;
    }

    private BadReplyError bad(Request request, ObjectNode reply, String why) {
        return new BadReplyError(
                session.prefix() + "The reply to " + request.name() + " cannot be understood: " + why,
                Secrets.withoutSecrets(request.message()),
                reply,
                null);
    }
}
