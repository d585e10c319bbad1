package io.github.qmpreactive.migration;

import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * What a cancel is decided by: how a migration is at one moment.
 *
 * @param status as query-migrate tells
 * @param runState as query-status tells, which was asked before
 * @param waits whether the source waits before the switch
 * @param totalTime how long the migration had gone on, in milliseconds; -1 if QEMU does not tell
 * @param asked when it was asked for, in nanoseconds
 * @param answered when it came, in nanoseconds
 */
record CancelLook(String status, String runState, boolean waits, long totalTime, long asked, long answered) {

    /** For what is rounded on the way. */
    private static final long SLACK = 10;

    static CancelLook of(JsonNode capabilities, JsonNode state, JsonNode migration, long asked) {
        return new CancelLook(
                MigrationCommands.statusIn(migration),
                MigrationCommands.statusIn(state),
                MigrationCapabilities.waitsBeforeSwitch(capabilities),
                migration.path("total-time").asLong(-1),
                asked,
                Operations.nanos());
    }

    /**
     * Whether this is the same migration for certain: QEMU has no name for one, but another one that has begun since the look
     * before has gone on for less time.
     */
    boolean isSameAs(CancelLook before) {
        long inDoubt = millis(before.asked, before.answered) + millis(asked, answered) + SLACK;
        return before.totalTime > inDoubt && totalTime + SLACK >= before.totalTime + millis(before.answered, asked);
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }

    boolean isPostcopy() {
        return MigrationSide.isPostcopy(status);
    }

    boolean isPreSwitchover() {
        return status.equals(MigrationSide.PRE_SWITCHOVER);
    }

    /**
     * Whether there is a migration that is not being cancelled yet, and that the destination does not take at this moment: QEMU
     * 7.2 to 11.1 accept a cancel then, and the guest runs at both ends.
     *
     * <p>If the guest is stopped, and the status is not {@code pre-switchover} after that, it is the switch for which it was
     * stopped; or it is about to wait before that, if it does so at all.
     */
    boolean canBeCancelled() {
        boolean isBeforeSwitch = isPreSwitchover() || (waits && status.equals("active"));
        boolean switches = status.equals("device") || (runState.equals("finish-migrate") && !isBeforeSwitch);
        return MigrationSide.isUnderWay(status) && !status.equals(MigrationSide.CANCELLING) && !switches;
    }
}
