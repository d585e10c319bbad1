package io.github.qmpreactive.test.internal.vm.job;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a job does, and with which nodes. Lives on the fakes' event loop. */
final class JobTask {

    /** What distinguishes jobs. */
    enum Kind {
        /** Waits when it is ready, for example a mirror. */
        READY,
        /** Lets go of its nodes when it has concluded. */
        COPY,
        /** Keeps its nodes until it is dismissed: a stream. */
        CHAIN,
        /** Not a block job: its only events are changes of its status, and its only outcome is in {@code query-jobs}. */
        OTHER,
        /** As those; QEMU answers no commands meanwhile. */
        SNAPSHOT
    }

    /** How jobs end: as they should; as a copy that takes nothing's place; or they have failed or were cancelled. */
    enum End {
        SUCCESS,
        COPY,
        FAILURE
    }

    /** As in {@code query-jobs}. */
    final String type;

    final Kind kind;
    /** How much it has to do, if the test does not say so. */
    final long total;

    /** Whether it goes on until it is cancelled, or the test ends it. */
    boolean waits;

    /** Nodes that no other job can use. */
    private final Collection<BlockNode> held;

    /** The one among them that it writes to as a device does. */
    @Nullable
    BlockNode target;

    /** The node that others can still read. */
    @Nullable
    BlockNode source;

    /** Done when it begins; tells why it must fail then. */
    Supplier<@Nullable String> begin = () -> null;

    Consumer<End> end = how -> {};

    JobTask(String type, Kind kind, long total, Collection<BlockNode> held) {
        this.type = type;
        this.kind = kind;
        this.total = total;
        this.held = List.copyOf(held);
    }

    boolean isBlockJob() {
        return kind != Kind.OTHER && kind != Kind.SNAPSHOT;
    }

    boolean uses(BlockNode node) {
        return node == source || held.contains(node);
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
}
