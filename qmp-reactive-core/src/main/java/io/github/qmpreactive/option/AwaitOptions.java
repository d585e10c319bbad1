package io.github.qmpreactive.option;

import io.github.qmpreactive.message.QmpEvent;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * Which event {@code executeAndAwait} waits for, and how long; immutable, every setter returns a new instance.
 *
 * <p>QEMU sends some events at most once a second (BALLOON_CHANGE, QUORUM_FAILURE, QUORUM_REPORT_BAD, RTC_CHANGE,
 * VSERPORT_CHANGE, WATCHDOG, MEMORY_DEVICE_SIZE_CHANGE and others), drops those in between, and sends the last one up
 * to a second late, with its old timestamp. Such an event may be from before the command: see
 * {@link #ignoreEarlierStamps()}.
 */
public final class AwaitOptions {

    private final Predicate<? super QmpEvent> event;
    private final Optional<Duration> timeout;
    private final Optional<Mono<Boolean>> reached;
    private final boolean ignoresEarlierStamps;

    private AwaitOptions(
            Predicate<? super QmpEvent> event,
            Optional<Duration> timeout,
            Optional<Mono<Boolean>> reached,
            boolean ignoresEarlierStamps) {
        this.event = event;
        this.timeout = timeout;
        this.reached = reached;
        this.ignoresEarlierStamps = ignoresEarlierStamps;
    }

    /**
     * Waits for the first event that passes a predicate.
     *
     * @param done for example {@code QmpEvent.matching("DEVICE_DELETED", Map.of("device", "usb0"))}; called on the
     *     event loop. An exception that it throws is the error of the wait: so a predicate can also fail it, for
     *     example on an event whose data has an {@code error}
     * @return the options
     */
    public static AwaitOptions event(Predicate<? super QmpEvent> done) {
        Objects.requireNonNull(done, "done");
        return new AwaitOptions(done, Optional.empty(), Optional.empty(), false);
    }

    /**
     * Waits for the first event of certain names.
     *
     * @param names for example {@code "BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED"}
     * @return the options
     */
    public static AwaitOptions event(String... names) {
        return event(QmpEvent.named(names));
    }

    /**
     * Limits the wait for the event, from the success reply on. Default: the client's {@code eventTimeout}.
     *
     * @param timeout more than zero
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public AwaitOptions timeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", but has to be more than zero");
        }
        return new AwaitOptions(event, Optional.of(timeout), reached, ignoresEarlierStamps);
    }

    /**
     * Checks first whether the state that the event announces is reached already, since QEMU sends no event then:
     * {@code stop} of a paused machine causes no STOP. Events count from just before the check, so a change between the
     * check and the command is not missed. Default: no check.
     *
     * @param reached subscribed to once for each wait. If it emits true, nothing is sent and the wait completes empty;
     *     if it emits false or completes empty, the command is sent; if it errors, so does the wait.
     *     {@code commandTimeout} does not limit it, unless it is a command itself
     * @return new options
     */
    public AwaitOptions unless(Mono<Boolean> reached) {
        Objects.requireNonNull(reached, "reached");
        return new AwaitOptions(event, timeout, Optional.of(reached), ignoresEarlierStamps);
    }

    /**
     * Ignores events whose timestamp is from before the command was written, by QEMU's own clock. What that clock shows
     * is known from the events of this session so far, and how long ago they came; as long as none with a timestamp has
     * come, every event counts, as do events without a timestamp. An event from after the command is never ignored,
     * unless QEMU's clock is set back meanwhile. Default: timestamps are not looked at.
     *
     * @return new options
     */
    public AwaitOptions ignoreEarlierStamps() {
        return new AwaitOptions(event, timeout, reached, true);
    }

    /**
     * The event.
     *
     * @return whether an event is the one
     */
    public Predicate<? super QmpEvent> event() {
        return event;
    }

    /**
     * The limit for the event.
     *
     * @return the limit; empty for the client's
     */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /**
     * The check that runs first.
     *
     * @return whether the state is reached; empty without a check
     */
    public Optional<Mono<Boolean>> reached() {
        return reached;
    }

    /**
     * Whether timestamps are looked at.
     *
     * @return true with {@link #ignoreEarlierStamps()}
     */
    public boolean ignoresEarlierStamps() {
        return ignoresEarlierStamps;
    }
}
