package io.github.qmpreactive.migration;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A migration at one moment, at its source. QEMU has no figures before {@code active}, nor after a failure or a cancel.
 *
 * @param status QEMU's word: {@code setup}, {@code active}, {@code pre-switchover}, {@code device}, {@code cancelling}, {@code
 *     cancelled}, {@code failing}, {@code failed}, {@code completed}, {@code postcopy-active}, {@code postcopy-paused} and
 *     others; which, and in which order, depends on QEMU's version
 * @param transferred bytes sent; not {@code total - remaining}, since pages of zeros take a few bytes
 * @param remaining bytes of the guest's memory still to be sent in this pass; grows when the guest writes
 * @param total bytes of the guest's memory
 * @param rate bytes per second, as QEMU measures it; 0 at first
 * @param downtime how long the guest was stopped, once it is known
 * @param expectedDowntime how long the guest would be stopped if the switch were now, until that
 * @param totalTime since the beginning
 * @param pass the number of the current pass over the memory, from 1
 * @param error QEMU's text, if something has failed; in post-copy that need not be the end
 * @param raw what {@code query-migrate} returned last, as it came; not to be changed
 */
public record MigrationProgress(
        String status,
        OptionalLong transferred,
        OptionalLong remaining,
        OptionalLong total,
        OptionalLong rate,
        Optional<Duration> downtime,
        Optional<Duration> expectedDowntime,
        Optional<Duration> totalTime,
        OptionalLong pass,
        Optional<String> error,
        JsonNode raw) {

    private static final int BYTES_PER_MEGABIT = 1_000_000 / 8;

    /**
     * As query-migrate tells.
     *
     * @param status an event may have told a later one
     */
    static MigrationProgress of(String status, JsonNode info) {
        JsonNode ram = info.path("ram");
        // QEMU 7.2 may say so for a moment.
        boolean uncounted = hasNoTimes(info);
        JsonNode rate = ram.path("mbps");
        return new MigrationProgress(
                status,
                number(ram.path("transferred")),
                number(ram.path("remaining")),
                number(ram.path("total")),
                rate.isNumber() ? OptionalLong.of((long) (rate.asDouble(0) * BYTES_PER_MEGABIT)) : OptionalLong.empty(),
                uncounted ? Optional.empty() : milliseconds(info.path("downtime")),
                milliseconds(info.path("expected-downtime")),
                uncounted ? Optional.empty() : milliseconds(info.path("total-time")),
                number(ram.path("dirty-sync-count")),
                Optional.ofNullable(info.path("error-desc").asString(null)),
                info);
    }

    /** Whether QEMU says that it has completed, and has not counted the times yet. */
    static boolean hasNoTimes(JsonNode info) {
        return info.path("status").asString("").equals(MigrationSide.COMPLETED)
                && info.path("total-time").asLong(-1) == 0;
    }

    /** After an event that told the status, a reply that tells only that is none. */
    boolean isNewsAfter(@Nullable MigrationProgress other) {
        return other == null
                || !status.equals(other.status)
                || !(raw.equals(other.raw) || (raw.size() == 1 && other.raw.isMissingNode()));
    }

    private static OptionalLong number(JsonNode value) {
        return value.isNumber() ? OptionalLong.of(value.asLong(0)) : OptionalLong.empty();
    }

    private static Optional<Duration> milliseconds(JsonNode value) {
        return value.isNumber() ? Optional.of(Duration.ofMillis(value.asLong(0))) : Optional.empty();
    }

    /**
     * How much of the memory is sent in this pass.
     *
     * @return from 0 to 1; falls when a pass begins; empty where QEMU has no figures
     */
    public OptionalDouble fraction() {
        return total.orElse(0) > 0 && remaining.isPresent()
                ? OptionalDouble.of((double) (total.getAsLong() - remaining.getAsLong()) / total.getAsLong())
                : OptionalDouble.empty();
    }

    /**
     * Whether the source has completed.
     *
     * @return whether the status is {@code completed}
     */
    public boolean isCompleted() {
        return status.equals(MigrationSide.COMPLETED);
    }

    /**
     * Whether the guest has moved to the destination before all of its memory.
     *
     * @return whether the status is {@code postcopy-active}, {@code postcopy-paused} or another of post-copy
     */
    public boolean isPostcopy() {
        return MigrationSide.isPostcopy(status);
    }
}
