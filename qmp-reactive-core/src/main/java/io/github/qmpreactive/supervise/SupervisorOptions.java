package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;

/**
 * How a session is supervised; immutable, every setter returns a new instance.
 *
 * @param <S> the session
 */
public final class SupervisorOptions<S> {

    private final Optional<Function<? super S, ? extends Publisher<?>>> onConnect;
    private final Duration onConnectTimeout;
    private final Duration minBackoff;
    private final Duration maxBackoff;
    private final double jitter;
    private final Optional<Predicate<? super Throwable>> permanent;

    private SupervisorOptions(
            Optional<Function<? super S, ? extends Publisher<?>>> onConnect,
            Duration onConnectTimeout,
            Duration minBackoff,
            Duration maxBackoff,
            double jitter,
            Optional<Predicate<? super Throwable>> permanent) {
        this.onConnect = onConnect;
        this.onConnectTimeout = onConnectTimeout;
        this.minBackoff = minBackoff;
        this.maxBackoff = maxBackoff;
        this.jitter = jitter;
        this.permanent = permanent;
    }

    private static <S> SupervisorOptions<S> defaults() {
        return new SupervisorOptions<>(
                Optional.empty(),
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                Duration.ofSeconds(30),
                0.5,
                Optional.empty());
    }

    /**
     * The defaults of a {@link QmpSupervisor}.
     *
     * @return the options
     */
    public static SupervisorOptions<QmpSession> forMonitor() {
        return defaults();
    }

    /**
     * The defaults of a {@link QgaSupervisor}.
     *
     * @return the options
     */
    public static SupervisorOptions<QgaSession> forAgent() {
        return defaults();
    }

    /**
     * Sets what is done with each new session before it is handed out: the place to read again what has changed meanwhile,
     * such as the run state, jobs and devices. Events are listened to before that. If it errors, or takes longer than {@link
     * #onConnectTimeout}, the session is disconnected, and that is a failed attempt. Default: nothing.
     *
     * @param work subscribed to once for each session, and cancelled if the session ends, the limit passes or the supervisor is
     *     stopped; what it emits is ignored
     * @return new options
     */
    public SupervisorOptions<S> onConnect(Function<? super S, ? extends Publisher<?>> work) {
        Objects.requireNonNull(work, "work");
        return new SupervisorOptions<>(Optional.of(work), onConnectTimeout, minBackoff, maxBackoff, jitter, permanent);
    }

    /**
     * Sets how long {@link #onConnect} may take; then it fails with {@link java.util.concurrent.TimeoutException}. Default: 30
     * seconds.
     *
     * @param limit more than zero
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public SupervisorOptions<S> onConnectTimeout(Duration limit) {
        return new SupervisorOptions<>(
                onConnect, Operations.positive("onConnectTimeout", limit), minBackoff, maxBackoff, jitter, permanent);
    }

    /**
     * Sets how long the supervisor waits before an attempt. The first attempt after the start has no delay. The delay is
     * {@code min} after the end of a session and doubles with each attempt that fails, up to {@code max}. A session that was
     * up for {@code max} at least makes it {@code min} again; a shorter one counts as a failed attempt, so that a server that
     * ends each session at once is not connected to all the time. Default: 100 milliseconds and 30 seconds.
     *
     * @param min more than zero
     * @param max {@code min} at least
     * @return new options
     * @throws IllegalArgumentException if they are not
     */
    public SupervisorOptions<S> backoff(Duration min, Duration max) {
        Operations.positive("min", min);
        if (max.compareTo(min) < 0) {
            throw new IllegalArgumentException("max is " + max + ", but has to be min at least, which is " + min);
        }
        return new SupervisorOptions<>(onConnect, onConnectTimeout, min, max, jitter, permanent);
    }

    /**
     * Sets how much a delay is varied at random, so that sessions that ended together are not opened together. With 0.5 a
     * delay is between half and one and a half of what {@link #backoff} says, but never less than {@code min} nor more than
     * {@code max}. Default: 0.5.
     *
     * @param factor from 0 to 1
     * @return new options
     * @throws IllegalArgumentException if it is less or more
     */
    public SupervisorOptions<S> jitter(double factor) {
        if (!(factor >= 0 && factor <= 1)) {
            throw new IllegalArgumentException("jitter is " + factor + ", but has to be from 0 to 1");
        }
        return new SupervisorOptions<>(onConnect, onConnectTimeout, minBackoff, maxBackoff, factor, permanent);
    }

    /**
     * Sets after which failure of an attempt the supervisor gives up, whether connecting failed or {@link #onConnect}. The
     * end of a session that was up is never permanent. Default: each {@code QmpError} of connecting of which {@link
     * io.github.qmpreactive.error.QmpError#isTemporary()} is false, such as a server that is no monitor, a path that is not
     * permitted or a host that does not resolve; the last two only until a session was up since the start. Also a {@code
     * connect} that completes without a session. Nothing else: other errors of connecting, such as {@link
     * java.io.IOException}, and all errors of {@code onConnect}, are logged at WARN once, and the next attempt follows.
     *
     * @param test whether there is no hope; called with each failure. An exception that it throws counts as true
     * @return new options
     */
    public SupervisorOptions<S> permanent(Predicate<? super Throwable> test) {
        Objects.requireNonNull(test, "test");
        return new SupervisorOptions<>(onConnect, onConnectTimeout, minBackoff, maxBackoff, jitter, Optional.of(test));
    }

    /**
     * What is done with each new session before it is handed out.
     *
     * @return what was given
     */
    public Optional<Function<? super S, ? extends Publisher<?>>> onConnect() {
        return onConnect;
    }

    /**
     * How long {@code onConnect} may take.
     *
     * @return the limit
     */
    public Duration onConnectTimeout() {
        return onConnectTimeout;
    }

    /**
     * The shortest delay.
     *
     * @return the delay after the end of a session
     */
    public Duration minBackoff() {
        return minBackoff;
    }

    /**
     * The longest delay.
     *
     * @return the delay after many attempts
     */
    public Duration maxBackoff() {
        return maxBackoff;
    }

    /**
     * How much a delay is varied.
     *
     * @return from 0 to 1
     */
    public double jitter() {
        return jitter;
    }

    /**
     * After which failure the supervisor gives up.
     *
     * @return what was given
     */
    public Optional<Predicate<? super Throwable>> permanent() {
        return permanent;
    }
}
