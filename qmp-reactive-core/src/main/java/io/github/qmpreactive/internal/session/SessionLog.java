package io.github.qmpreactive.internal.session;

import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The log of one session: each line begins with its name. */
final class SessionLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.session");

    private final String prefix;

    SessionLog(String session) {
        this.prefix = "[" + session + "] ";
    }

    String prefix() {
        return prefix;
    }

    void debug(String message, @Nullable Object... arguments) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(prefix + message, arguments);
        }
    }

    void warn(String message, @Nullable Object... arguments) {
        LOG.warn(prefix + message, arguments);
    }

    void error(String message, @Nullable Object... arguments) {
        LOG.error(prefix + message, arguments);
    }
}
