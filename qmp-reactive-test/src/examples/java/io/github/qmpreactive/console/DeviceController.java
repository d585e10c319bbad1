package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a machine has: its disks, without what they are stored in, and the devices that can be unplugged. */
@RestController
class DeviceController {

    /**
     * Both.
     *
     * @param disks nodes of the block layer that have a name
     * @param devices those with an id
     */
    record Hardware(List<Disk> disks, List<Device> devices) {}

    /**
     * A node of the block layer.
     *
     * @param name of the node
     * @param driver of the node
     * @param bytes how large it is, if that is known
     * @param readOnly whether it is read-only
     * @param device the id or path of the device that has it
     */
    record Disk(
            String name,
            String driver,
            @Nullable Long bytes,
            boolean readOnly,
            @Nullable String device) {}

    /**
     * A device.
     *
     * @param id of the device
     * @param type its driver
     */
    record Device(String id, String type) {}

    private static final String PERIPHERAL = "/machine/peripheral";

    private final Vms vms;

    DeviceController(Vms vms) {
        this.vms = vms;
    }

    @GetMapping("/api/machines/{machine}/devices")
    Mono<Hardware> hardware(@PathVariable String machine) {
        return vms.get(machine).session().flatMap(session -> Mono.zip(
                        ask(session, QmpCommand.of("query-named-block-nodes").arguments(Map.of("flat", true))),
                        ask(session, QmpCommand.of("query-block")),
                        ask(session, QmpCommand.of("qom-list").arguments(Map.of("path", PERIPHERAL))))
                .map(replies -> new Hardware(disks(replies.getT1(), replies.getT2()), devices(replies.getT3()))));
    }

    /** What one QEMU does not know, the page does without. A lost connection is no QEMU without devices. */
    private static Mono<JsonNode> ask(QmpSession session, QmpCommand command) {
        return session.execute(command).onErrorReturn(ExecuteError.class, JsonNodeFactory.instance.arrayNode());
    }

    private static List<Disk> disks(JsonNode nodes, JsonNode block) {
        Map<String, String> devices = new HashMap<>();
        for (JsonNode device : block) {
            String path = device.path("qdev").asString("").replaceFirst("^" + PERIPHERAL + "/([^/]+).*", "$1");
            devices.put(device.path("inserted").path("node-name").asString(""), path);
        }
        return nodes.valueStream()
                .filter(node -> !node.path("node-name").asString("").startsWith("#"))
                .map(node -> {
                    String name = node.path("node-name").asString("");
                    JsonNode size = node.path("image").path("virtual-size");
                    return new Disk(
                            name,
                            node.path("drv").asString(""),
                            size.isNumber() ? size.asLong() : null,
                            node.path("ro").asBoolean(false),
                            devices.get(name));
                })
                .sorted(Comparator.comparing(Disk::name))
                .toList();
    }

    private static List<Device> devices(JsonNode children) {
        return children.valueStream()
                .filter(child -> child.path("type").asString("").startsWith("child<"))
                .map(child -> new Device(
                        child.path("name").asString(""),
                        child.path("type").asString("").replaceAll("^child<|>$", "")))
                .sorted(Comparator.comparing(Device::id))
                .toList();
    }
}
