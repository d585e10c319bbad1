package io.github.qmpreactive.job;

import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/**
 * A job at one moment.
 *
 * @param id its id
 * @param type its kind: {@code mirror}, {@code backup}, {@code stream}, {@code commit}, {@code create}, {@code amend},
 *     {@code snapshot-save}, {@code snapshot-load}, {@code snapshot-delete}, or one of a later QEMU; empty if QEMU has
 *     not told yet
 * @param status QEMU's word: {@code created}, {@code running}, {@code paused}, {@code ready}, {@code standby} (paused
 *     while ready), {@code waiting}, {@code pending}, {@code aborting}, {@code concluded}, or one of a later QEMU. A job
 *     is also {@code paused} or {@code standby} for a moment without having been asked to, and {@code ready} more than
 *     once
 * @param current how much is done: bytes for block jobs; 1 of 1 for {@code create} and snapshots
 * @param total how much there is to do; may be 0, and may grow while the job is ready. {@code current} equal to it does
 *     not mean that the job is ready, or has ended
 * @param error QEMU's text, if the job has failed or was cancelled
 */
public record JobProgress(String id, String type, String status, long current, long total, Optional<String> error) {

    /** A job as {@code query-jobs} tells of it. */
    static JobProgress of(JsonNode info) {
        return new JobProgress(
                info.path("id").asString(""),
                info.path("type").asString(""),
                info.path("status").asString(""),
                info.path("current-progress").asLong(0),
                info.path("total-progress").asLong(0),
                Optional.ofNullable(info.path("error").asString(null)));
    }

    /**
     * How much is done of what there is to do.
     *
     * @return from 0 to 1; empty if {@code total} is 0
     */
    public OptionalDouble fraction() {
        return total > 0 ? OptionalDouble.of((double) current / total) : OptionalDouble.empty();
    }

    /**
     * Whether the job waits for {@code complete}: a mirror, or a commit of the active layer, that has caught up.
     *
     * @return whether the status is {@code ready}
     */
    public boolean isReady() {
        return status.equals("ready");
    }

    /**
     * Whether the job has ended. Its id is in use until it is dismissed.
     *
     * @return whether the status is {@code concluded}
     */
    public boolean isConcluded() {
        return status.equals("concluded");
    }
}
