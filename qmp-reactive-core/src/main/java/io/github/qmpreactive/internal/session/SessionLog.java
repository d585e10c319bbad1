package io.github.qmpreactive.internal.session;

import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The log of one session: each line begins with its name. */
final class SessionLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.session");

    private final SessionName session;

    SessionLog(String session) {
        this(new SessionName(session));
    }

    SessionLog(SessionName session) {
        this.session = session;
    }

    String session() {
        return session.get();
    }

    String prefix() {
        return session.prefix();
    }

    void debug(String message, @Nullable Object... arguments) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}" + message, named(arguments));
        }
    }

    void warn(String message, @Nullable Object... arguments) {
        LOG.warn("{}" + message, named(arguments));
    }

    void error(String message, @Nullable Object... arguments) {
        LOG.error("{}" + message, named(arguments));
    }

    /** The name is an argument, too: it may hold braces. */
    private @Nullable Object[] named(@Nullable Object[] arguments) {
        @Nullable Object[] all = new Object[arguments.length + 1];
        all[0] = session.prefix();
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return all;
    }
}
