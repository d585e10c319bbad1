package io.github.qmpreactive.migration;

import io.github.qmpreactive.message.QmpCommand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Where a migration goes to, or where a destination awaits it; immutable. */
public final class MigrationAddress {

    private final ObjectNode arguments;
    private final Optional<Boolean> hasReturnPath;
    private final boolean mayBeMachine;

    private MigrationAddress(Map<String, ?> arguments, String scheme) {
        this.arguments = QmpCommand.of("migrate").arguments(arguments).arguments();
        this.hasReturnPath = returnPath(scheme);
        this.mayBeMachine = !scheme.equals("file:");
    }

    /**
     * A URI.
     *
     * @param uri for example {@code "unix:/run/vm.sock"}, {@code "tcp:192.0.2.1:4444"}, {@code "exec:cat>/backup/vm"}, or
     *     {@code "file:/backup/vm"} (QEMU 8.2 and later); not checked here
     * @return the address
     */
    public static MigrationAddress uri(String uri) {
        return new MigrationAddress(Map.of("uri", uri), uri.substring(0, uri.indexOf(':') + 1));
    }

    /**
     * Channels, as QEMU 8.2 and later take them.
     *
     * @param channels each a {@code Map}, JSON, a record or a bean, for example {@code {"channel-type": "main", "addr":
     *     {"transport": "socket", "type": "unix", "path": "/run/vm.sock"}}}; not checked here
     * @return the address
     * @throws IllegalArgumentException if they cannot be turned into JSON
     */
    public static MigrationAddress channels(List<?> channels) {
        Map<String, ?> arguments = Map.of("channels", channels);
        JsonNode address = QmpCommand.of("migrate")
                .arguments(arguments)
                .arguments()
                .path("channels")
                .path(0)
                .path("addr");
        String kind = address.path(address.path("transport").asString("").equals("socket") ? "type" : "transport")
                .asString("");
        return new MigrationAddress(arguments, kind.equals("inet") ? "tcp:" : kind + ":");
    }

    /** Sockets have one; commands and files do not. Of an open descriptor it is not known. */
    private static Optional<Boolean> returnPath(String scheme) {
        return switch (scheme) {
            case "tcp:", "unix:", "vsock:" -> Optional.of(true);
            case "exec:", "file:" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    Optional<Boolean> hasReturnPath() {
        return hasReturnPath;
    }

    /** Whether a guest may run there at the end. */
    boolean mayBeMachine() {
        return mayBeMachine;
    }

    /** For {@code migrate} and {@code migrate-incoming}. */
    ObjectNode arguments() {
        return arguments.deepCopy();
    }

    /** For people. */
    @Override
    public String toString() {
        return arguments.path("uri").asString(arguments.path("channels").toString());
    }
}
