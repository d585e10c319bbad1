package io.github.qmpreactive.test.internal.vm.migration;

import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The capabilities and parameters of a machine's migrations, which outlive each. Lives on the fakes' event loop. */
final class MigrationSettings {

    /** In QEMU's order, of all versions. */
    private static final List<String> CAPABILITIES = List.of(
            "xbzrle",
            "rdma-pin-all",
            "auto-converge",
            "zero-blocks",
            "compress",
            "events",
            "postcopy-ram",
            "x-colo",
            "release-ram",
            "block",
            "return-path",
            "pause-before-switchover",
            "multifd",
            "dirty-bitmaps",
            "postcopy-blocktime",
            "late-block-activate",
            "x-ignore-shared",
            "validate-uuid",
            "background-snapshot",
            "zero-copy-send",
            "postcopy-preempt",
            "switchover-ack",
            "dirty-limit",
            "mapped-ram");

    /** QEMU's defaults, of all versions. */
    private static final String PARAMETERS = """
            {"announce-initial": 50, "announce-max": 550, "announce-rounds": 5, "announce-step": 100,
             "avail-switchover-bandwidth": 0, "block-incremental": false, "compress-level": 1, "compress-threads": 8,
             "compress-wait-thread": true, "cpr-exec-command": [], "cpu-throttle-increment": 10, "cpu-throttle-initial": 20,
             "cpu-throttle-tailslow": false, "decompress-threads": 2, "direct-io": false, "downtime-limit": 300,
             "max-bandwidth": 134217728, "max-cpu-throttle": 99, "max-postcopy-bandwidth": 0, "mode": "normal",
             "multifd-channels": 2, "multifd-compression": "none", "multifd-qatzip-level": 1, "multifd-zlib-level": 1,
             "multifd-zstd-level": 1, "throttle-trigger-threshold": 50, "tls-authz": "", "tls-creds": "",
             "tls-hostname": "", "vcpu-dirty-limit": 1, "x-checkpoint-delay": 20000, "x-rdma-chunk-size": 1048576,
             "x-vcpu-dirty-limit-period": 1000, "xbzrle-cache-size": 67108864, "zero-page-detection": "multifd"}""";

    private static final long LONGEST_DOWNTIME = 2_000_000;

    private final boolean namesOption;
    private final Map<String, Boolean> capabilities = new LinkedHashMap<>();
    private final ObjectNode parameters = JsonMapper.shared().readValue(PARAMETERS, ObjectNode.class);
    private boolean isLimited;

    MigrationSettings(QemuProfile profile) {
        this.namesOption = profile.version().isAtLeast(11, 0);
        QmpSchema schema = profile.schemaCheck().schema();
        CAPABILITIES.stream()
                .filter(name -> schema.supports("migrate-set-capabilities/arg-type/capabilities/capability/^" + name))
                .forEach(name -> capabilities.put(name, false));
        parameters.propertyNames().stream()
                .filter(name -> !schema.supports("query-migrate-parameters/ret-type/" + name))
                .toList()
                .forEach(parameters::remove);
    }

    /** Whether a capability is set. */
    boolean has(String capability) {
        return capabilities.getOrDefault(capability, false);
    }

    /** Bytes in a second, or 0 for no limit. QEMU's own limit is none here: a fake takes no longer than it is told to. */
    long bandwidth() {
        return isLimited ? parameters.path("max-bandwidth").asLong() : 0;
    }

    long downtimeLimit() {
        return parameters.path("downtime-limit").asLong();
    }

    void setCapabilities(JsonNode arguments) {
        arguments
                .path("capabilities")
                .forEach(each -> capabilities.put(
                        each.path("capability").asString(), each.path("state").asBoolean()));
    }

    void setParameters(JsonNode arguments) {
        long downtime = arguments.path("downtime-limit").asLong(0);
        if (downtime < 0 || downtime > LONGEST_DOWNTIME) {
            throw QmpRefusal.generic(
                    (namesOption ? "Option downtime-limit expects" : "Parameter 'downtime_limit' expects")
                            + " an integer in the range of 0 to (2000 * 1000) ms");
        }
        isLimited |= arguments.path("max-bandwidth").asLong(0) > 0;
        arguments.properties().forEach(each -> parameters.set(each.getKey(), each.getValue()));
    }

    ArrayNode queryCapabilities() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        capabilities.forEach(
                (name, state) -> all.addObject().put("capability", name).put("state", state));
        return all;
    }

    ObjectNode queryParameters() {
        return parameters.deepCopy();
    }
}
