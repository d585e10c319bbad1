package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.internal.log.SessionName;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;
import tools.jackson.databind.JsonNode;

/** What goes over the wire, at TRACE on a logger of its own: no secrets, and lines of bounded length. */
public final class WireLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.wire");

    private final SessionName session;

    public WireLog(SessionName session) {
        this.session = session;
    }

    void sent(CommandCall<?> call) {
        if (LOG.isTraceEnabled()) {
            Request request = call.request();
            LOG.trace(
                    "[{}] > {}{}",
                    session.get(),
                    request.numbered() ? call.key() + " " : "",
                    WireText.of(request.message()));
        }
    }

    public void sent(JsonNode message) {
        if (LOG.isTraceEnabled()) {
            LOG.trace("[{}] > {}", session.get(), WireText.of(message));
        }
    }

    /** The command is looked up only if something is logged: by it a reply is known to be a secret. */
    public void received(Inbound message, Function<Inbound.Reply, @Nullable Request> commands) {
        if (LOG.isTraceEnabled()) {
            LOG.trace("[{}] < {}", session.get(), text(message, commands));
        }
    }

    private static String text(Inbound message, Function<Inbound.Reply, @Nullable Request> commands) {
        if (!(message instanceof Inbound.Reply reply)) {
            return WireText.of(message.raw());
        }
        Request request = commands.apply(reply);
        return WireText.ofReply(reply.raw(), request == null ? null : request.message());
    }
}
