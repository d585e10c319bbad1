package io.github.qmpreactive.internal.operation;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Time limits and ends, as operations treat them. */
public final class Operations {

    /** Longer ones have too many nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** The pause is the longest by then. */
    private static final int MOST_DOUBLINGS = 16;

    private Operations() {}

    /** The command without a time limit, whatever the client's is. */
    public static QmpCommand patient(QmpCommand command) {
        return command.timeout(ChronoUnit.FOREVER.getDuration());
    }

    /** Emits at intervals; completes if the clock is shut down. */
    public static Flux<Long> ticks(Duration interval) {
        return Flux.interval(atMost(interval))
                .onErrorResume(clockShutDown -> Flux.empty())
                .onBackpressureDrop();
    }

    /** Emits after a delay; completes empty if the clock is shut down. */
    public static Mono<Long> delay(Duration delay) {
        return Mono.delay(atMost(delay)).onErrorResume(clockShutDown -> Mono.empty());
    }

    /** Runs a task on Reactor's parallel scheduler. Returns false if that is shut down, and does nothing then. */
    static boolean runLater(Runnable task) {
        try {
            Disposable unused = Schedulers.parallel().schedule(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Nanoseconds of a clock that is never set. */
    public static long nanos() {
        return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
    }

    /** How long ago {@link #nanos} was that. */
    public static Duration since(long past) {
        return Duration.ofNanos(nanos() - past);
    }

    /**
     * The pause before one more attempt: the first, which doubles, up to the longest.
     *
     * @param attempts how many pauses there were before
     */
    public static Duration pause(long attempts, Duration first, Duration longest) {
        Duration pause = first.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS));
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    /** The time of Reactor's clock, which virtual time moves. */
    public static Instant now() {
        return Instant.ofEpochMilli(Schedulers.parallel().now(TimeUnit.MILLISECONDS));
    }

    /** A name that a peer has chosen, as one line of 100 characters at most. */
    public static String printed(String name) {
        return WireText.ofName(name);
    }

    /** What a peer may have said, as one line without secrets. */
    public static String printedWords(String words) {
        return WireText.ofWords(words);
    }

    private static Duration atMost(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
    }

    /** Whether the session is over: then its events have ended, too, and tell so. */
    public static boolean isEnd(Throwable failure) {
        return failure instanceof QmpError error && error.endsSession();
    }

    /**
     * A duration that an option is set to.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    public static Duration positive(String option, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(option + " is " + duration + ", but has to be more than zero");
        }
        return duration;
    }
}
