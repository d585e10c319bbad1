package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What never changes about a machine, as its queries tell it; the name is empty for one without. */
record Identity(String vmName, UUID id, QemuProfile profile, int cpuCount, long memoryBytes) {

    /** A thread of the process, which the fake has not got; the first of a process has its id. */
    private static final long FIRST_THREAD = 100_001;

    ObjectNode name() {
        return vmName.isEmpty() ? object() : object().put("name", vmName);
    }

    ObjectNode uuid() {
        return object().put("UUID", id.toString());
    }

    ObjectNode version() {
        // In the order in which QEMU fills it in, since two of them share a place in its hash table.
        QemuVersion qemu = profile.version();
        ObjectNode version = object();
        version.putObject("qemu")
                .put("major", qemu.major())
                .put("minor", qemu.minor())
                .put("micro", qemu.micro());
        return version.put("package", qemu.packageName());
    }

    ObjectNode kvm() {
        return object().put("enabled", false).put("present", true);
    }

    ObjectNode target() {
        return object().put("arch", "x86_64");
    }

    ObjectNode memory() {
        return object().put("base-memory", memoryBytes).put("plugged-memory", 0);
    }

    ArrayNode cpus() {
        ArrayNode cpus = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < cpuCount; i++) {
            ObjectNode cpu = cpus.addObject()
                    .put("thread-id", FIRST_THREAD + i)
                    // The local interrupt controller of the first processor comes between it and the second.
                    .put("qom-path", "/machine/unattached/device[" + (i == 0 ? 0 : i + 1) + "]")
                    .put("cpu-index", i)
                    .put("target", "x86_64");
            if (profile.schema().problemOfReply("query-cpus-fast", cpus).isPresent()) {
                // Since QEMU 11.
                cpu.put("qom-type", "qemu64-x86_64-cpu");
            }
            cpu.putObject("props").put("core-id", i).put("thread-id", 0).put("socket-id", 0);
        }
        return cpus;
    }

    ObjectNode status(boolean running, MachineState state) {
        // In the order in which QEMU fills it in, which tells where two of them share a place in its hash table.
        ObjectNode status =
                object().put("running", running).put("singlestep", false).put("status", state.qmpName());
        if (profile.schema().problemOfReply("query-status", status).isPresent()) {
            // QEMU 9 has dropped it.
            status.remove("singlestep");
        }
        return status;
    }

    /** Whether this QEMU has a command. */
    boolean knows(String command) {
        return profile.schema().commands().contains(command);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
