package io.github.qmpreactive.test.internal.agent;

import static io.github.qmpreactive.test.internal.vm.machine.QmpRefusal.generic;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

/** The files of a guest, and those that its agent has open. Changed on the fakes' event loop, read from any thread. */
final class OpenFiles {

    private static final class Handle {

        final String path;
        final String mode;
        int position;

        Handle(String path, String mode) {
            this.path = path;
            this.mode = mode;
        }

        boolean may(String action) {
            return mode.contains(action) || mode.contains("+");
        }
    }

    private static final Pattern MODE = Pattern.compile("[rwa](b|\\+|b\\+|\\+b)?");

    /** Of one command. */
    private static final int LARGEST = 48 << 20;

    /** More than a test writes, and less than the memory of Java. */
    private static final int LARGEST_FILE = 1 << 30;

    private static final int DEFAULT = 4096;

    private static final String DATA = "buf-b64";

    /** An array is never changed, but replaced. */
    private final Map<String, byte[]> contents;

    private final Map<Long, Handle> handles = new ConcurrentHashMap<>();
    private long next = 1000;

    OpenFiles(Map<String, byte[]> contents) {
        this.contents = new ConcurrentHashMap<>(contents);
    }

    Map<String, byte[]> contents() {
        Map<String, byte[]> copy = new HashMap<>(contents);
        copy.replaceAll((path, bytes) -> bytes.clone());
        return copy;
    }

    int open() {
        return handles.size();
    }

    JsonNode open(Arguments arguments) {
        String path = arguments.allowing(Set.of("path", "mode")).string("path");
        String mode = arguments.string("mode", "r");
        if (!MODE.matcher(mode).matches()) {
            throw generic("invalid file open mode '" + mode + "'");
        }
        if (mode.startsWith("w")) {
            contents.put(path, new byte[0]);
        } else if (mode.startsWith("a")) {
            contents.putIfAbsent(path, new byte[0]);
        } else if (!contents.containsKey(path)) {
            throw generic("failed to open file '" + path + "' (mode: '" + mode + "'): No such file or directory");
        }
        handles.put(next, new Handle(path, mode));
        return LongNode.valueOf(next++);
    }

    JsonNode read(Arguments arguments) {
        Handle handle = handle(arguments.allowing(Set.of("handle", "count")));
        int count = arguments.count(DEFAULT, LARGEST);
        if (!handle.may("r")) {
            throw generic("failed to read file: Bad file descriptor");
        }
        byte[] bytes = contents(handle);
        int begin = Math.min(handle.position, bytes.length);
        byte[] chunk = Arrays.copyOfRange(bytes, begin, Math.min(bytes.length, begin + count));
        handle.position += chunk.length;
        return JsonNodeFactory.instance
                .objectNode()
                .put("count", chunk.length)
                .put(DATA, Base64.getEncoder().encodeToString(chunk))
                // It is seen by reading on.
                .put("eof", chunk.length < count);
    }

    JsonNode write(Arguments arguments) {
        Handle handle = handle(arguments.allowing(Set.of("handle", DATA, "count")));
        byte[] data = arguments.bytes(DATA);
        int count = arguments.count(data.length, data.length);
        if (!handle.may("w") && !handle.may("a")) {
            throw generic("failed to write to file: Bad file descriptor");
        }
        byte[] bytes = contents(handle);
        int begin = handle.mode.startsWith("a") ? bytes.length : handle.position;
        byte[] changed = Arrays.copyOf(bytes, Math.max(bytes.length, begin + count));
        System.arraycopy(data, 0, changed, begin, count);
        contents.put(handle.path, changed);
        handle.position = begin + count;
        return JsonNodeFactory.instance.objectNode().put("count", count).put("eof", false);
    }

    JsonNode seek(Arguments arguments) {
        Handle handle = handle(arguments.allowing(Set.of("handle", "offset", "whence")));
        long position = arguments.integer("offset") + base(handle, arguments.required("whence"));
        if (position < 0 || position > LARGEST_FILE) {
            throw generic("failed to seek file: Invalid argument");
        }
        handle.position = (int) position;
        return JsonNodeFactory.instance.objectNode().put("eof", false).put("position", position);
    }

    private long base(Handle handle, JsonNode whence) {
        return switch (whence.asString()) {
            case "set", "0" -> 0;
            case "cur", "1" -> handle.position;
            case "end", "2" -> contents(handle).length;
            default ->
                throw whence.isString()
                        ? Arguments.unknownValue("whence", whence.stringValue())
                        : generic("invalid whence code " + whence);
        };
    }

    JsonNode flush(Arguments arguments) {
        handle(arguments.allowing(Set.of("handle")));
        return done();
    }

    JsonNode close(Arguments arguments) {
        handle(arguments.allowing(Set.of("handle")));
        handles.remove(arguments.integer("handle"));
        return done();
    }

    private static ObjectNode done() {
        return JsonNodeFactory.instance.objectNode();
    }

    private Handle handle(Arguments arguments) {
        long number = arguments.integer("handle");
        Handle handle = handles.get(number);
        if (handle == null) {
            throw generic("handle '" + number + "' has not been found");
        }
        return handle;
    }

    private byte[] contents(Handle handle) {
        return contents.getOrDefault(handle.path, new byte[0]);
    }

    /** Closes all; their numbers are not given again. */
    void forget() {
        handles.clear();
    }
}
