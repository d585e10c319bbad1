package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.job.BlockNodes;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the properties of devices refer to: block nodes, network and character backends, objects. Lives on the fakes' loop. */
final class Backends {

    private static final String NODE = VmSettings.key("blockdev", "");

    /** By kind and id: the type of an object; empty for others. Block nodes are not among them. */
    private final Map<String, String> types = new LinkedHashMap<>();

    /** The sizes of objects that were added later. */
    private final Map<String, Long> sizes = new HashMap<>();

    private final BlockNodes nodes;
    private final boolean tellsReasons;

    /** What each device uses, as {@link VmSettings#key}. */
    private final Supplier<Stream<Set<String>>> uses;

    /**
     * The first backends.
     *
     * @param tellsReasons whether an object that cannot be deleted is refused in the words of its type, as by QEMU 11.1; by
     *     10.0 all are refused in the same words
     * @param uses what each device uses, as {@link VmSettings#key}
     */
    Backends(Map<String, String> first, boolean tellsReasons, Supplier<Stream<Set<String>>> uses) {
        this.tellsReasons = tellsReasons;
        this.uses = uses;
        this.nodes = new BlockNodes(name -> isUsed("blockdev", name), this::replace);
        first.forEach((key, type) -> {
            if (key.startsWith(NODE)) {
                nodes.addFirst(key.substring(NODE.length()), BlockNodes.UNKNOWN_SIZE);
            } else {
                types.put(key, type);
            }
        });
    }

    BlockNodes nodes() {
        return nodes;
    }

    boolean has(String kind, String id) {
        return kind.equals("blockdev") ? nodes.has(id) : types.containsKey(VmSettings.key(kind, id));
    }

    boolean isUsed(String kind, String id) {
        return uses.get().anyMatch(used -> used.contains(VmSettings.key(kind, id)));
    }

    private void replace(String node, String by) {
        uses.get()
                .filter(used -> used.contains(VmSettings.key("blockdev", node)))
                .toList()
                .forEach(used -> {
                    used.remove(VmSettings.key("blockdev", node));
                    used.add(VmSettings.key("blockdev", by));
                });
    }

    /** The type of an object; null if there is none of this id. */
    @Nullable
    String typeOf(String id) {
        return types.get(VmSettings.key("object", id));
    }

    /** How much memory an object has; refuses one that the machine has from the beginning. */
    long sizeOf(String id) {
        Long size = sizes.get(id);
        if (size == null) {
            throw QmpRefusal.generic("FakeVm: the size of '" + id + "' is not known: add it with object-add");
        }
        return size;
    }

    void addNetdev(JsonNode arguments) {
        String id = identifier(arguments);
        require("chardev", arguments.path("chardev"), "chardev \"{id}\" not found");
        require("netdev", arguments.path("netdev"), "netdev '{id}' not found");
        add("netdev", id, "Duplicate ID '" + id + "'");
    }

    void removeNetdev(JsonNode arguments) {
        String id = arguments.path("id").asString("");
        remove("netdev", id, QmpRefusal.noDevice(id));
    }

    void addChardev(JsonNode arguments) {
        String id = arguments.path("id").asString("");
        add("chardev", id, "Chardev with id '" + id + "' already exists");
    }

    void removeChardev(JsonNode arguments) {
        String id = arguments.path("id").asString("");
        if (isUsed("chardev", id)) {
            throw QmpRefusal.generic("Chardev '" + id + "' is busy");
        }
        remove("chardev", id, QmpRefusal.generic("Chardev '" + id + "' not found"));
    }

    void addObject(JsonNode arguments) {
        String id = identifier(arguments);
        add("object", id, "attempt to add duplicate property '" + id + "' to object (type 'container')");
        types.put(VmSettings.key("object", id), arguments.path("qom-type").asString(""));
        sizes.put(id, arguments.path("size").asLong(0));
    }

    void removeObject(JsonNode arguments) {
        String id = arguments.path("id").asString("");
        String type = String.valueOf(typeOf(id));
        if (isUsed("object", id) && type.startsWith("memory-backend-")) {
            throw inUse("Cannot delete host memory backend '{id}' which is mapped", id);
        }
        if (isUsed("object", id) && type.startsWith("cryptodev-")) {
            throw inUse("Cannot delete cryptodev backend '{id}' that is in use", id);
        }
        remove("object", id, QmpRefusal.generic("object '" + id + "' not found"));
    }

    /** Other objects, for example an iothread, can be deleted while a device uses them. */
    private QmpRefusal inUse(String reason, String id) {
        String words = tellsReasons ? reason : "object '{id}' is in use, can not be deleted";
        return QmpRefusal.generic(words.replace("{id}", id));
    }

    /** What another backend refers to has to be there. */
    private void require(String kind, JsonNode reference, String refusal) {
        if (reference.isString() && !has(kind, reference.asString())) {
            throw QmpRefusal.generic(refusal.replace("{id}", reference.asString()));
        }
    }

    private static String identifier(JsonNode arguments) {
        String id = arguments.path("id").asString("");
        if (!VmSettings.isId(id)) {
            throw QmpRefusal.generic("Parameter 'id' expects an identifier");
        }
        return id;
    }

    private void add(String kind, String id, String duplicate) {
        if (types.putIfAbsent(VmSettings.key(kind, id), "") != null) {
            throw QmpRefusal.generic(duplicate);
        }
    }

    private void remove(String kind, String id, QmpRefusal missing) {
        if (types.remove(VmSettings.key(kind, id)) == null) {
            throw missing;
        }
    }
}
