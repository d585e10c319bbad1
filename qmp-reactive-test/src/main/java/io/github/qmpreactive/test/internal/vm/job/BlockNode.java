package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node of the block layer. Lives on the fakes' event loop. */
final class BlockNode {

    /** Of a node whose image is not known to the fake; it has any size that is asked for. */
    static final long UNKNOWN = -1;

    final String name;

    /** How many bytes its image has. */
    long size;

    /** Whether its image can have snapshots, and be amended. */
    final boolean isQcow2;

    /** The node that it came with and goes with. */
    @Nullable
    BlockNode owner;

    @Nullable
    BlockNode file;

    @Nullable
    BlockNode backing;

    /** The type of the job that reads or replaces it. */
    @Nullable
    String job;

    /** Whether a job writes to it as a device does. */
    boolean isTarget;

    /** How many backups read it. */
    int backups;

    final Set<String> snapshots = new HashSet<>();

    BlockNode(String name, long size, boolean isQcow2) {
        this.name = name;
        this.size = size;
        this.isQcow2 = isQcow2;
    }

    boolean hasOtherSize(BlockNode other) {
        return size != UNKNOWN && other.size != UNKNOWN && size != other.size;
    }

    /** Whether it is a node, or came with that. */
    boolean isOf(BlockNode node) {
        return this == node
                || Optional.ofNullable(owner).filter(above -> above.isOf(node)).isPresent();
    }

    /** Whether it is a node, or one of the backing files below that. */
    boolean isInChainOf(BlockNode top) {
        return this == top
                || Optional.ofNullable(top.backing).filter(this::isInChainOf).isPresent();
    }

    /** Refuses a node that a job uses. */
    void requireFree() {
        if (job != null) {
            throw QmpRefusal.generic("Node '" + name + "' is busy: block device is in use by block job: " + job);
        }
    }
}
