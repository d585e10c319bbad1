package io.github.qmpreactive.internal.log;

import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The log of one session: each line begins with its name. */
public final class SessionLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.session");

    private final SessionName session;

    /** The other side of the connection causes most of the lines. */
    private final LogLimit limit;

    public SessionLog(String session) {
        this(new SessionName(session));
    }

    public SessionLog(SessionName session) {
        this.session = session;
        this.limit = new LogLimit(lines ->
                LOG.warn("{}Left out {} more lines within {} s", session.prefix(), lines, LogLimit.PERIOD.toSeconds()));
    }

    public String session() {
        return session.get();
    }

    public String prefix() {
        return session.prefix();
    }

    public void debug(String message, @Nullable Object... arguments) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}" + message, named(arguments));
        }
    }

    public void warn(String message, @Nullable Object... arguments) {
        if (limit.tryAcquire()) {
            LOG.warn("{}" + message, named(arguments));
        }
    }

    public void error(String message, @Nullable Object... arguments) {
        if (limit.tryAcquire()) {
            LOG.error("{}" + message, named(arguments));
        }
    }

    /** The name is an argument, too: it may hold braces. */
    private @Nullable Object[] named(@Nullable Object[] arguments) {
        @Nullable Object[] all = new Object[arguments.length + 1];
        all[0] = session.prefix();
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return all;
    }
}
