package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.JobTask.End;
import io.github.qmpreactive.test.internal.vm.JobTask.Kind;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the commands that start jobs want done; refuses what QEMU refuses before there is a job. */
final class JobTasks {

    static final List<String> COMMANDS = List.of(
            "blockdev-mirror",
            "blockdev-backup",
            "block-stream",
            "block-commit",
            "blockdev-create",
            "snapshot-save",
            "snapshot-load",
            "snapshot-delete");

    /** What jobs copy whose source has an unknown size: that of QEMU's null-co. */
    private static final long DEFAULT_SIZE = 1L << 30;

    private static final String SIZES_DIFFER = "Source and target image have different sizes";

    private final BlockNodes nodes;
    private final SnapshotTasks snapshots;

    JobTasks(BlockNodes nodes, Machine machine) {
        this.nodes = nodes;
        this.snapshots = new SnapshotTasks(nodes, machine);
    }

    JobTask of(String command, JsonNode arguments) {
        return switch (command) {
            case "blockdev-mirror" -> mirror(arguments);
            case "blockdev-backup" -> backup(arguments);
            case "block-stream" -> stream(arguments);
            case "block-commit" -> commit(arguments);
            case "blockdev-create" -> create(arguments);
            default -> snapshots.of(command, arguments);
        };
    }

    private JobTask mirror(JsonNode arguments) {
        BlockNode source = nodes.root(nodes.find(device(arguments)));
        BlockNode target = nodes.find(arguments.path("target").asString(""));
        if (source == target) {
            throw QmpRefusal.generic("Can't mirror node into itself");
        }
        target.requireWritable();
        boolean copiesNothing = arguments.path("sync").asString("").equals("none");
        return new JobTask(
                "mirror",
                Kind.READY,
                copiesNothing ? 0 : size(source),
                Set.of(source, target),
                target,
                null,
                () -> source.hasOtherSize(target) ? SIZES_DIFFER : null,
                end -> replaceAt(end, source, target));
    }

    private JobTask backup(JsonNode arguments) {
        BlockNode source = nodes.find(device(arguments));
        BlockNode target = nodes.find(arguments.path("target").asString(""));
        if (source == target) {
            throw QmpRefusal.generic("Source and target cannot be the same");
        }
        source.requireFree();
        target.requireWritable();
        if (source.hasOtherSize(target)) {
            throw QmpRefusal.generic(SIZES_DIFFER);
        }
        return new JobTask("backup", Kind.COPY, size(source), Set.of(target), null, source, () -> null, end -> {});
    }

    private JobTask stream(JsonNode arguments) {
        BlockNode top = nodes.find(device(arguments));
        BlockNode base = node(arguments, "base-node");
        if (base != null && !base.isInChainOf(top)) {
            throw QmpRefusal.generic("Node '" + base.name + "' is not a backing image of '" + top.name + "'");
        }
        Collection<BlockNode> chain = BlockNodes.chain(top, base);
        chain.forEach(BlockNode::requireFree);
        return new JobTask(
                "stream",
                Kind.CHAIN,
                top.backing == null ? 0 : size(top),
                new LinkedHashSet<>(chain),
                null,
                null,
                () -> null,
                end -> top.backing = end == End.SUCCESS ? base : top.backing);
    }

    private JobTask commit(JsonNode arguments) {
        if (!nodes.has(device(arguments))) {
            throw QmpRefusal.noDevice(device(arguments));
        }
        BlockNode device = nodes.root(nodes.find(device(arguments)));
        BlockNode given = node(arguments, "top-node");
        BlockNode top = given == null ? device : given;
        BlockNode lowest = node(arguments, "base-node");
        BlockNode base = lowest == null ? bottom(device) : lowest;
        for (BlockNode member : List.of(top, base)) {
            if (!member.isInChainOf(device)) {
                throw QmpRefusal.generic("'" + member.name + "' is not in this backing file chain");
            }
        }
        if (base == top) {
            throw QmpRefusal.generic("cannot commit an image into itself");
        }
        BlockNodes.chain(device, base).forEach(BlockNode::requireFree);
        return top == device ? activeCommit(device, base) : commit(device, top, base);
    }

    private JobTask activeCommit(BlockNode device, BlockNode base) {
        Set<BlockNode> held = new LinkedHashSet<>(BlockNodes.chain(device, base));
        held.add(base);
        return new JobTask(
                "commit", Kind.READY, size(device), held, base, null, () -> null, end -> replaceAt(end, device, base));
    }

    private JobTask commit(BlockNode device, BlockNode top, BlockNode base) {
        return new JobTask(
                "commit",
                Kind.CHAIN,
                size(top),
                new LinkedHashSet<>(BlockNodes.chain(device, base)),
                null,
                null,
                () -> null,
                end -> {
                    BlockNode overlay = BlockNodes.overlay(device, top);
                    if (end == End.SUCCESS && overlay != null) {
                        overlay.backing = base;
                    }
                });
    }

    private JobTask create(JsonNode arguments) {
        JsonNode options = arguments.path("options");
        BlockNodes.requireFormat(options);
        return new JobTask("create", Kind.OTHER, 1, Set.of(), null, null, () -> nodes.create(options), end -> {});
    }

    private void replaceAt(End end, BlockNode node, BlockNode by) {
        if (end == End.SUCCESS) {
            nodes.replace(node, by);
        }
    }

    private static BlockNode bottom(BlockNode top) {
        return top.backing == null ? top : bottom(top.backing);
    }

    private @Nullable BlockNode node(JsonNode arguments, String member) {
        return arguments.has(member) ? nodes.findNode(arguments.path(member).asString("")) : null;
    }

    private static String device(JsonNode arguments) {
        return arguments.path("device").asString("");
    }

    private static long size(BlockNode node) {
        return node.size == BlockNode.UNKNOWN ? DEFAULT_SIZE : node.size;
    }
}
