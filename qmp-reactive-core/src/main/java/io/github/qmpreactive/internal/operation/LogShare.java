package io.github.qmpreactive.internal.operation;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Bounds of how many names there are lines in a log: when a host is started again, a thousand machines have the same to say. Each
 * of them by itself says little.
 */
public final class LogShare {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.fleet");
    private static final int NAMES = 20;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** What is made meanwhile by this thread shares this one. */
    private static final ThreadLocal<@Nullable LogShare> CURRENT = new ThreadLocal<>();

    private final Set<String> names = new HashSet<>();
    private long start;
    private boolean exceeded;

    /** Has this be the {@link #current} one of what is made. */
    public <T> T share(Supplier<T> made) {
        LogShare before = CURRENT.get();
        CURRENT.set(this);
        try {
            return made.get();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    /** The share of what is made at this moment, if it has one. */
    public static @Nullable LogShare current() {
        return CURRENT.get();
    }

    /** Whether lines about this name are written, and not just at DEBUG. */
    public boolean includes(String name) {
        boolean first;
        synchronized (this) {
            long now = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
            if (now < start || now - start >= PERIOD.toMillis()) {
                start = now;
                names.clear();
                exceeded = false;
            }
            if (names.contains(name)) {
                return true;
            }
            if (names.size() < NAMES) {
                return names.add(name);
            }
            first = !exceeded;
            exceeded = true;
        }
        if (first) {
            LOG.warn(
                    "More than {} machines have lines to log within {} s; those of the others are logged at DEBUG",
                    NAMES,
                    PERIOD.toSeconds());
        }
        return false;
    }
}
