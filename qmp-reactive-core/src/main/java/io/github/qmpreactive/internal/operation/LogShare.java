package io.github.qmpreactive.internal.operation;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
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

    private final Set<String> names = new HashSet<>();
    private long start;
    private boolean exceeded;

    /** Marks a way to connect: what is supervised through it has this share. */
    public <T> Mono<T> mark(Mono<T> connect) {
        return new Marked<>(connect, this);
    }

    /** The share with which a way to connect was marked, if it was. */
    public static @Nullable LogShare of(Mono<?> connect) {
        return connect instanceof Marked<?> marked ? marked.share : null;
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
                    "More than {} machines have lines to log within {} s; those of the others are at DEBUG, or written later",
                    NAMES,
                    PERIOD.toSeconds());
        }
        return false;
    }

    private static final class Marked<T> extends MonoOperator<T, T> {

        private final LogShare share;

        Marked(Mono<T> connect, LogShare share) {
            super(connect);
            this.share = share;
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> actual) {
            source.subscribe(actual);
        }
    }
}
