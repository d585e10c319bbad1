package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.job.JobTask.End;
import io.github.qmpreactive.test.internal.vm.job.JobTask.Kind;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
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
            "x-blockdev-amend",
            "snapshot-save",
            "snapshot-load",
            "snapshot-delete");

    /** What jobs copy whose source has an unknown size: that of QEMU's null-co. */
    private static final long DEFAULT_SIZE = 1L << 30;

    /** Options that would change what is done. */
    private static final Set<String> UNKNOWN =
            Set.of("bitmap", "replaces", "base", "top", "bottom", "compress=true", "sync=incremental", "sync=bitmap");

    private static final String SIZES_DIFFER = "Source and target image have different sizes";

    private final BlockNodes nodes;
    private final SnapshotTasks snapshots;

    JobTasks(BlockNodes nodes, Machine machine) {
        this.nodes = nodes;
        this.snapshots = new SnapshotTasks(nodes, machine);
    }

    JobTask of(String command, JsonNode arguments) {
        requireKnown(command, arguments);
        return switch (command) {
            case "blockdev-mirror" -> mirror(arguments);
            case "blockdev-backup" -> backup(arguments);
            case "block-stream" -> stream(arguments);
            case "block-commit" -> commit(arguments);
            case "blockdev-create" -> create(arguments);
            case "x-blockdev-amend" -> amend(arguments);
            default -> snapshots.of(command, arguments);
        };
    }

    private static void requireKnown(String command, JsonNode arguments) {
        arguments.properties().forEach(option -> {
            String value = option.getKey() + "=" + option.getValue().asString("");
            if (UNKNOWN.contains(option.getKey()) || UNKNOWN.contains(value)) {
                throw QmpRefusal.generic("FakeVm has no jobs with " + value + ": stub " + command);
            }
        });
    }

    private JobTask mirror(JsonNode arguments) {
        BlockNode source = nodes.root(find(arguments, "device"));
        BlockNode target = find(arguments, "target");
        if (source == target) {
            throw QmpRefusal.generic("Can't mirror node into itself");
        }
        target.requireFree();
        nodes.requireNoOverlay(target);
        nodes.requireWritable(target);
        long total = arguments.path("sync").asString("").equals("none") ? 0 : size(source);
        JobTask task = new JobTask("mirror", Kind.READY, total, List.of(source, target));
        task.target = target;
        task.begin = () -> source.hasOtherSize(target) ? SIZES_DIFFER : null;
        task.end = end -> replaceAt(end, source, target);
        return task;
    }

    private JobTask backup(JsonNode arguments) {
        BlockNode source = find(arguments, "device");
        BlockNode target = find(arguments, "target");
        if (source == target) {
            throw QmpRefusal.generic("Source and target cannot be the same");
        }
        source.requireFree();
        nodes.requireWritable(target);
        if (source.hasOtherSize(target)) {
            throw QmpRefusal.generic(SIZES_DIFFER);
        }
        JobTask task = new JobTask("backup", Kind.COPY, size(source), List.of(target));
        task.source = source;
        task.waits = arguments.path("sync").asString("").equals("none");
        return task;
    }

    private JobTask stream(JsonNode arguments) {
        BlockNode top = find(arguments, "device");
        BlockNode base = node(arguments, "base-node");
        if (base == top || (base != null && !base.isInChainOf(top))) {
            throw QmpRefusal.generic("Node '" + base.name + "' is not a backing image of '" + top.name + "'");
        }
        List<BlockNode> chain = BlockNodes.chain(top, base);
        chain.forEach(BlockNode::requireFree);
        JobTask task = new JobTask("stream", Kind.CHAIN, top.backing == null ? 0 : size(top), chain);
        task.end = end -> top.backing = end == End.SUCCESS ? base : top.backing;
        return task;
    }

    private JobTask commit(JsonNode arguments) {
        String name = arguments.path("device").asString("");
        if (!nodes.has(name)) {
            throw QmpRefusal.noDevice(name);
        }
        BlockNode device = nodes.root(find(arguments, "device"));
        BlockNode given = node(arguments, "top-node");
        BlockNode top = given == null ? device : given;
        BlockNode lowest = node(arguments, "base-node");
        BlockNode base = lowest == null ? bottom(device) : lowest;
        requireInChain(top, device);
        requireInChain(base, top);
        if (base == top) {
            throw QmpRefusal.generic("cannot commit an image into itself");
        }
        List<BlockNode> chain = BlockNodes.chain(device, base);
        chain.forEach(BlockNode::requireFree);
        if (top != device) {
            JobTask task = new JobTask("commit", Kind.CHAIN, size(top), chain);
            task.end = end -> {
                if (end == End.SUCCESS) {
                    chain.stream().filter(node -> node.backing == top).forEach(overlay -> overlay.backing = base);
                }
            };
            return task;
        }
        chain.add(base);
        JobTask task = new JobTask("commit", Kind.READY, size(device), chain);
        task.target = base;
        task.end = end -> replaceAt(end, device, base);
        return task;
    }

    private JobTask create(JsonNode arguments) {
        if (!arguments.path("options").has("size")) {
            throw QmpRefusal.generic("Driver does not support blockdev-create");
        }
        JobTask task = new JobTask("create", Kind.OTHER, 1, List.of());
        task.begin = () -> nodes.create(arguments.path("options"));
        return task;
    }

    private JobTask amend(JsonNode arguments) {
        JsonNode options = arguments.path("options");
        String name = arguments.path("node-name").asString("");
        if (!nodes.find("", name).isQcow2
                || !options.path("driver").asString("").equals("qcow2")) {
            throw QmpRefusal.generic("x-blockdev-amend doesn't support changing the block driver");
        }
        JobTask task = new JobTask("amend", Kind.OTHER, 1, List.of());
        task.begin = () -> options.has("encrypt") ? "image is not encrypted, can't amend" : null;
        return task;
    }

    private void replaceAt(End end, BlockNode node, BlockNode by) {
        if (end == End.SUCCESS) {
            nodes.replace(node, by);
        }
    }

    private static void requireInChain(BlockNode node, BlockNode top) {
        if (!node.isInChainOf(top)) {
            throw QmpRefusal.generic("'" + node.name + "' is not in this backing file chain");
        }
    }

    private static BlockNode bottom(BlockNode top) {
        return top.backing == null ? top : bottom(top.backing);
    }

    private BlockNode find(JsonNode arguments, String member) {
        String name = arguments.path(member).asString("");
        return nodes.find(name, name);
    }

    private @Nullable BlockNode node(JsonNode arguments, String member) {
        return arguments.has(member) ? nodes.find("", arguments.path(member).asString("")) : null;
    }

    private static long size(BlockNode node) {
        return node.size == BlockNode.UNKNOWN ? DEFAULT_SIZE : node.size;
    }
}
