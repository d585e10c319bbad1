package io.github.qmpreactive.test.internal.vm;

import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a job does.
 *
 * @param type as in {@code query-jobs}
 * @param kind what distinguishes jobs of different commands
 * @param total how much it has to do, if the test does not say so
 * @param held nodes that no other job can use
 * @param target the one among them that it writes to as a device does
 * @param source the node that others can still read
 * @param begin done when it begins; tells why it must fail then
 * @param end done when it ends, with how it ends
 */
record JobTask(
        String type,
        Kind kind,
        long total,
        Set<BlockNode> held,
        @Nullable BlockNode target,
        @Nullable BlockNode source,
        Supplier<@Nullable String> begin,
        Consumer<End> end) {

    /** What distinguishes jobs. */
    enum Kind {
        /** Waits when it is ready, for example a mirror. */
        READY,
        /** Lets go of its nodes when it has concluded. */
        COPY,
        /** Keeps its nodes until it is dismissed: a stream. */
        CHAIN,
        /** Not a block job: its only events are changes of its status, and its only outcome is in {@code query-jobs}. */
        OTHER
    }

    /** How jobs end. */
    enum End {
        /** As it should: a mirror's target takes the place of its source. */
        SUCCESS,
        /** A copy: the target of a mirror that was cancelled when it was ready. */
        COPY,
        /** It has failed, or was cancelled. */
        FAILURE
    }

    /** Begins to use nodes. */
    void hold() {
        use(type, 1);
    }

    /** Does not use them any more. */
    void release() {
        use(null, -1);
    }

    private void use(@Nullable String job, int backups) {
        held.forEach(node -> node.job = job);
        if (target != null) {
            target.isTarget = job != null;
        }
        if (source != null) {
            source.backups += backups;
        }
    }

    boolean isBlockJob() {
        return kind != Kind.OTHER;
    }
}
