package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The block nodes of a machine, and which of them refers to which. Lives on the fakes' event loop. */
public final class BlockNodes {

    /** Of an image that the fake does not know. */
    public static final long UNKNOWN_SIZE = BlockNode.UNKNOWN;

    private static final String NAME = "node-name";
    private static final String BACKING = "backing";

    private final Map<String, BlockNode> nodes = new LinkedHashMap<>();

    /** The sizes of images that were created: by file name, and by node for those in another one. */
    private final Map<String, Long> images = new HashMap<>();

    private final Predicate<String> isUsed;
    private final BiConsumer<String, String> replacer;
    private int unnamed;
    private Consumer<BlockNode> drained = node -> {};

    /**
     * No nodes.
     *
     * @param isUsed whether a device has a node
     * @param replacer gives the devices that have a node another one
     */
    public BlockNodes(Predicate<String> isUsed, BiConsumer<String, String> replacer) {
        this.isUsed = isUsed;
        this.replacer = replacer;
    }

    /** One of a known size, or {@link #UNKNOWN_SIZE}, that the machine has from the beginning. */
    public void addFirst(String name, long size) {
        nodes.put(name, new BlockNode(name, size, size != BlockNode.UNKNOWN));
    }

    /** Whether there is a node. */
    public boolean has(String name) {
        return nodes.containsKey(name);
    }

    /** What is done whenever QEMU changes who uses a node. */
    void onDrain(Consumer<BlockNode> task) {
        drained = task;
    }

    /** A device gets or gives up a node. */
    public void drain(String name) {
        Optional.ofNullable(nodes.get(name)).ifPresent(drained);
    }

    /** Whether a job writes to a node as a device does. */
    public boolean isTarget(String name) {
        return Optional.ofNullable(nodes.get(name))
                .filter(node -> node.isTarget)
                .isPresent();
    }

    /** Whether there is a node; refuses one that a backup uses. */
    public boolean isReadyForDevice(String name) {
        BlockNode node = nodes.get(name);
        if (node != null && (node.backups > 0 || "backup".equals(node.job))) {
            throw QmpRefusal.generic("FakeVm: QEMU cannot give a device '" + name + "' while a backup uses it");
        }
        return node != null;
    }

    /** Refuses a node that a job cannot write to. */
    void requireWritable(BlockNode node) {
        node.requireFree();
        if (node.backups > 0 || isChild(node) || isUsed.test(node.name)) {
            throw QmpRefusal.generic("FakeVm: QEMU cannot write to '" + node.name
                    + "' while a backup reads it, or a device or another node has it");
        }
    }

    /** Refuses the backing file of a node; QEMU names the one that came last. */
    void requireNoOverlay(BlockNode node) {
        nodes.values().stream()
                .filter(other -> other.backing == node)
                .reduce((first, second) -> second)
                .ifPresent(overlay -> {
                    throw QmpRefusal.generic(
                            "Node '" + node.name + "' is busy: node is used as backing hd of '" + overlay.name + "'");
                });
    }

    private boolean isChild(BlockNode node) {
        return nodes.values().stream().anyMatch(other -> other.file == node || other.backing == node);
    }

    /** The node of a name; refuses if there is none. QEMU names the device that was asked for as well. */
    BlockNode find(String device, String name) {
        BlockNode node = nodes.get(name);
        if (node == null) {
            throw QmpRefusal.generic("Cannot find device='" + device + "' nor node-name='" + name + "'");
        }
        return node;
    }

    @Nullable
    BlockNode get(String name) {
        return nodes.get(name);
    }

    /** Refuses a node that another one or a job has. */
    BlockNode root(BlockNode node) {
        if (isChild(node) || node.job != null || node.backups > 0) {
            throw QmpRefusal.generic("Need a root block node");
        }
        return node;
    }

    /** {@code blockdev-add}: all of its nodes, or none. */
    public void add(JsonNode arguments) {
        if (!arguments.has(NAME)) {
            throw QmpRefusal.generic("'node-name' must be specified for the root node");
        }
        Set<String> before = Set.copyOf(nodes.keySet());
        try {
            open(arguments);
        } catch (QmpRefusal e) {
            nodes.keySet().retainAll(before);
            throw e;
        }
    }

    private BlockNode open(JsonNode options) {
        JsonNode image = options.path(options.has("image") ? "image" : "file");
        BlockNode file = child(image);
        BlockNode node = enter(options, file);
        node.file = own(node, file, image);
        node.backing = own(node, child(options.path(BACKING)), options.path(BACKING));
        return node;
    }

    /** What a node refers to by name, or describes. */
    private @Nullable BlockNode child(JsonNode options) {
        return options.isString()
                ? find(options.asString(), options.asString())
                : options.isObject() ? open(options) : null;
    }

    /** What a node describes goes with it. */
    private static @Nullable BlockNode own(BlockNode owner, @Nullable BlockNode child, JsonNode options) {
        if (child != null && options.isObject()) {
            child.owner = owner;
        }
        return child;
    }

    private BlockNode enter(JsonNode options, @Nullable BlockNode file) {
        // QEMU makes up a name where there is none.
        String name = options.path(NAME).asString("#block" + unnamed++);
        BlockNode node = new BlockNode(
                name, sizeOf(options, file), options.path("driver").asString("").equals("qcow2"));
        if (options.has(NAME) && !VmSettings.isId(name)) {
            throw QmpRefusal.generic("Invalid node-name: '" + name + "'");
        }
        if (nodes.putIfAbsent(name, node) != null) {
            throw QmpRefusal.generic("Duplicate nodes with node-name='" + name + "'");
        }
        return node;
    }

    private long sizeOf(JsonNode options, @Nullable BlockNode file) {
        long ofFile = file == null ? BlockNode.UNKNOWN : images.getOrDefault("node " + file.name, file.size);
        return images.getOrDefault(
                options.path("filename").asString(""), options.path("size").asLong(ofFile));
    }

    /** {@code blockdev-snapshot}: returns what undoes it. */
    Runnable snapshot(JsonNode arguments) {
        String name = arguments.path("node").asString("");
        BlockNode node = find(name, name);
        node.requireFree();
        requireNoOverlay(node);
        if (node.backups > 0) {
            throw QmpRefusal.generic("FakeVm has no snapshots of a node that a backup reads: stub blockdev-snapshot");
        }
        String overlayName = arguments.path("overlay").asString("");
        BlockNode overlay = find(overlayName, overlayName);
        if (isUsed.test(overlayName) || (overlay.job != null && !overlay.isTarget)) {
            throw QmpRefusal.generic("The overlay is already in use");
        }
        if (overlay.backing != null) {
            throw QmpRefusal.generic("The overlay already has a backing image");
        }
        if (!overlay.isQcow2) {
            throw QmpRefusal.generic("The overlay does not support backing images");
        }
        if (overlay == node) {
            throw QmpRefusal.generic("Making '" + name + "' a backing child of '" + name + "' would create a cycle");
        }
        replace(node, overlay);
        overlay.backing = node;
        return () -> {
            overlay.backing = null;
            replace(overlay, node);
        };
    }

    /** {@code blockdev-del}. */
    public void remove(JsonNode arguments) {
        String name = arguments.path(NAME).asString("");
        BlockNode node = nodes.get(name);
        if (node == null) {
            throw QmpRefusal.generic("Failed to find node with node-name='" + name + "'");
        }
        if (node.isTarget || (isUsed.test(name) && !isBelowJob(node))) {
            throw QmpRefusal.generic("Node " + name + " is in use");
        }
        node.requireFree();
        requireNoOverlay(node);
        if (node.owner != null) {
            throw QmpRefusal.generic("Node " + name + " is not owned by the monitor");
        }
        if (node.backups > 0 || nodes.values().stream().anyMatch(other -> other.file == node)) {
            throw QmpRefusal.generic("Block device " + name + " is in use");
        }
        nodes.values().removeIf(other -> other.isOf(node));
        drained.accept(node);
    }

    /** Whether what reads a node for a job is between it and its device: not if what is below is committed. */
    private static boolean isBelowJob(BlockNode node) {
        return node.backups > 0
                || (node.job != null
                        && (!node.job.equals("commit")
                                || chain(node, null).stream().anyMatch(below -> below.isTarget)));
    }

    /** A job puts a node in the place of another, wherever that is used. */
    void replace(BlockNode node, BlockNode by) {
        replacer.accept(node.name, by.name);
        nodes.values().stream().filter(other -> other.file == node).forEach(other -> other.file = by);
    }

    /** The nodes of a chain from the top down to one that is not among them, or to its end. */
    static List<BlockNode> chain(BlockNode top, @Nullable BlockNode end) {
        List<BlockNode> chain = new ArrayList<>();
        for (BlockNode node = top; node != null && node != end; node = node.backing) {
            chain.add(node);
        }
        return chain;
    }

    /**
     * Creates an image.
     *
     * @return why that cannot be done; null if it was
     */
    @Nullable
    String create(JsonNode options) {
        String file = options.path("file").asString("");
        if (options.path("file").isString() && !has(file)) {
            return "Cannot find device='" + file + "' nor node-name='" + file + "'";
        }
        images.put(
                options.path("filename").asString("node " + file),
                options.path("size").asLong());
        return null;
    }
}
