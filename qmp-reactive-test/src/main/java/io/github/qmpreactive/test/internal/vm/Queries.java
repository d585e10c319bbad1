package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a machine tells of itself. The members are in the order in which QEMU fills them in, since two of them may share a
 * place in its hash table.
 */
final class Queries {

    private final VmSettings settings;
    private final Machine machine;

    Queries(VmSettings settings, Machine machine) {
        this.settings = settings;
        this.machine = machine;
    }

    /** The replies by command. */
    Map<String, Supplier<JsonNode>> all() {
        return Map.of(
                "query-name", () -> settings.name.isEmpty() ? object() : object().put("name", settings.name),
                "query-uuid", () -> object().put("UUID", settings.uuid.toString()),
                "query-kvm", () -> object().put("enabled", false).put("present", true),
                "query-target", () -> object().put("arch", "x86_64"),
                // Asked by a client that probes; this machine has nothing to yank.
                "query-yank", () -> JsonNodeFactory.instance.arrayNode(),
                "query-current-machine", () -> object().put("wakeup-suspend-support", true),
                "query-version", this::version,
                "query-status", this::status);
    }

    private ObjectNode version() {
        QemuVersion qemu = settings.profile.version();
        ObjectNode version = object();
        version.putObject("qemu")
                .put("major", qemu.major())
                .put("minor", qemu.minor())
                .put("micro", qemu.micro());
        return version.put("package", qemu.packageName());
    }

    private ObjectNode status() {
        ObjectNode status = object().put("running", machine.isRunning())
                .put("singlestep", false)
                .put("status", machine.state().qmpName());
        if (!isComplete("query-status", status)) {
            // QEMU 9 has dropped it.
            status.remove("singlestep");
        }
        return status;
    }

    private boolean isComplete(String command, JsonNode reply) {
        return settings.profile.schemaCheck().problemOfReply(command, reply).isEmpty();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
