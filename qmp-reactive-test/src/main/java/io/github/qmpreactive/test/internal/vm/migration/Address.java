package io.github.qmpreactive.test.internal.vm.migration;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where the guest goes to, or comes from.
 *
 * @param transport {@code unix}, {@code tcp}, {@code exec} or {@code file}
 * @param host of {@code tcp}, otherwise empty
 * @param name the path, the port or the command
 */
record Address(String transport, String host, String name) {

    private static final Pattern TCP = Pattern.compile("(\\[[^]]*]|[^:]*):(\\d+)(,.*)?");

    /** Of a command with {@code uri} or {@code channels}. Refuses what QEMU refuses. */
    static Address of(JsonNode arguments, boolean hasChannels) {
        List<JsonNode> channels = arguments.path("channels").valueStream().toList();
        if (!hasChannels || (arguments.has("uri") && channels.isEmpty())) {
            return ofUri(arguments.path("uri").asString(), hasChannels);
        }
        if (arguments.has("uri") || channels.isEmpty()) {
            throw QmpRefusal.generic("need either 'uri' or 'channels' argument");
        }
        return ofChannel(channels.get(0).path("addr"));
    }

    private static Address ofUri(String uri, boolean knowsFiles) {
        int colon = uri.indexOf(':');
        String rest = uri.substring(colon + 1);
        switch (colon < 0 ? "" : uri.substring(0, colon)) {
            case "unix" -> {
                if (rest.isEmpty()) {
                    throw QmpRefusal.generic("invalid Unix socket address");
                }
                return new Address("unix", "", rest);
            }
            case "tcp" -> {
                Matcher tcp = TCP.matcher(rest);
                if (!tcp.matches()) {
                    throw QmpRefusal.generic("error parsing address '" + rest + "'");
                }
                return new Address("tcp", tcp.group(1), tcp.group(2));
            }
            case "exec" -> {
                return new Address("exec", "", rest);
            }
            case "file" -> {
                if (knowsFiles) {
                    return new Address("file", "", rest.replaceFirst(",offset=.*", ""));
                }
            }
            case "fd", "rdma", "vsock" -> throw unknown(uri);
            default -> {}
        }
        throw QmpRefusal.generic("unknown migration protocol: " + uri);
    }

    private static Address ofChannel(JsonNode address) {
        String transport = address.path("transport").asString();
        String type = address.path("type").asString("");
        if (transport.equals("file")) {
            return new Address("file", "", address.path("filename").asString());
        }
        if (transport.equals("exec")) {
            return new Address(
                    "exec",
                    "",
                    address.path("args").valueStream().map(JsonNode::asString).collect(Collectors.joining(" ")));
        }
        return switch (type) {
            case "unix" -> new Address("unix", "", address.path("path").asString());
            case "inet" ->
                new Address(
                        "tcp",
                        address.path("host").asString(),
                        address.path("port").asString());
            default -> throw unknown(transport + " " + type);
        };
    }

    private static QmpRefusal unknown(String what) {
        return QmpRefusal.generic("FakeVm migrates to unix:, tcp:, exec: and file: alone: stub migrate for " + what);
    }

    /** Whether another machine has to be there. */
    boolean isSocket() {
        return transport.equals("unix") || transport.equals("tcp");
    }

    /** By what both ends know it: a port has several hosts. */
    String key() {
        return transport + ":" + name;
    }

    /** QEMU's reason if no machine listens there. */
    String missing() {
        return transport.equals("unix")
                ? "Failed to connect to '" + name + "': No such file or directory"
                : "Failed to connect to '" + host + ":" + name + "': Connection refused";
    }

    /** As {@code query-migrate} tells it. */
    ObjectNode socketAddress() {
        ObjectNode address = JsonNodeFactory.instance.objectNode();
        return transport.equals("unix")
                ? address.put("path", name).put("type", "unix")
                : address.put("port", name).put("ipv4", true).put("host", host).put("type", "inet");
    }
}
