package io.github.qmpreactive.message;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What the server says first:
 * {@code {"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}}.
 *
 * @param version the version of QEMU
 * @param capabilities the names of the capabilities that are offered; entries that are not strings are left out
 * @param raw the whole message as it came, with whatever else it holds; not to be changed
 * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification, "Server Greeting"</a>
 */
public record Greeting(QemuVersion version, List<String> capabilities, JsonNode raw) {

    /**
     * Copies the list of capabilities.
     *
     * @param version the version of QEMU
     * @param capabilities the names of the capabilities that are offered
     * @param raw the whole message as it came
     */
    public Greeting {
        capabilities = List.copyOf(capabilities);
    }

    /**
     * Whether the server offers a capability.
     *
     * @param capability its name, for example {@code "oob"}
     * @return whether it is offered
     */
    public boolean offers(String capability) {
        return capabilities.contains(capability);
    }
}
