package io.github.qmpreactive.test.internal.agent;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/** The file systems of a guest, which its agent freezes and thaws. Changed on the fakes' event loop, read from any thread. */
final class FileSystems {

    private final Set<String> mountPoints;
    private volatile int frozen;

    FileSystems(Set<String> mountPoints) {
        this.mountPoints = mountPoints;
    }

    boolean isFrozen() {
        return frozen > 0;
    }

    JsonNode status(Arguments arguments) {
        arguments.allowing(Set.of());
        return StringNode.valueOf(isFrozen() ? "frozen" : "thawed");
    }

    JsonNode freeze(Arguments arguments) {
        arguments.allowing(Set.of());
        frozen = mountPoints.size();
        return IntNode.valueOf(frozen);
    }

    JsonNode freezeList(Arguments arguments) {
        List<String> wanted = arguments.allowing(Set.of("mountpoints")).strings("mountpoints");
        boolean all = arguments.optional("mountpoints") == null;
        frozen = (int) mountPoints.stream()
                .filter(mountPoint -> all || wanted.contains(mountPoint))
                .count();
        return IntNode.valueOf(frozen);
    }

    JsonNode thaw(Arguments arguments) {
        arguments.allowing(Set.of());
        int thawed = frozen;
        frozen = 0;
        return IntNode.valueOf(thawed);
    }
}
