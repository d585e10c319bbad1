package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.internal.codec.WireText;
import reactor.util.Logger;
import reactor.util.Loggers;
import tools.jackson.databind.JsonNode;

/** What goes over the wire, at TRACE on a logger of its own: no secrets, and lines of bounded length. */
final class WireLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.wire");

    private final SessionName session;

    WireLog(SessionName session) {
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

    void sent(JsonNode message) {
        if (LOG.isTraceEnabled()) {
            LOG.trace("[{}] > {}", session.get(), WireText.of(message));
        }
    }

    void received(JsonNode message) {
        if (LOG.isTraceEnabled()) {
            LOG.trace("[{}] < {}", session.get(), WireText.of(message));
        }
    }
}
