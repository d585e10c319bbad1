package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.internal.log.SessionLog;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Logs what is dropped, at a bounded rate: a server may send any number of messages that belong to nothing. Confined to
 * the event loop.
 */
final class DroppedLog {

    /** Lines in one period. */
    static final int LINES = 10;

    static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final SessionLog log;
    private final LongSupplier clock;
    private long began;
    private int lines;
    private int most = LINES;
    private boolean renewed = true;
    private long silent;
    private long all;

    DroppedLog(SessionLog log) {
        this(log, System::nanoTime);
    }

    DroppedLog(SessionLog log, LongSupplier clock) {
        this.log = log;
        this.clock = clock;
    }

    /** The server is in the hands of a guest: one line in the whole session. */
    void limitToOneLine() {
        most = 1;
        renewed = false;
    }

    /** The session has ended. */
    void logSum() {
        if (renewed && silent > 0) {
            log.warn("Dropped {} more messages, which were not logged", silent);
        } else if (all > 1) {
            log.debug("Dropped {} messages in all", all);
        }
    }

    void warn(Supplier<String> what) {
        if (tryAcquire()) {
            log.warn("Dropped {}{}", what.get(), end());
        }
    }

    void error(Supplier<String> what) {
        if (tryAcquire()) {
            log.error("Dropped {}{}", what.get(), end());
        }
    }

    private boolean tryAcquire() {
        all++;
        long now = clock.getAsLong();
        if (renewed && lines > 0 && now - began >= PERIOD_NANOS) {
            lines = 0;
            if (silent > 0) {
                log.warn("Dropped {} more messages, which were not logged", silent);
                silent = 0;
            }
        }
        if (lines == 0) {
            began = now;
        }
        if (lines == most) {
            silent++;
            return false;
        }
        lines++;
        return true;
    }

    private String end() {
        if (lines < most) {
            return "";
        }
        return renewed
                ? "; what is dropped in the next minute is counted, not logged"
                : "; further ones are counted, not logged";
    }
}
