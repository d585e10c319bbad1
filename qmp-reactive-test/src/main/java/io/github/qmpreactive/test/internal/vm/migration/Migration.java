package io.github.qmpreactive.test.internal.vm.migration;

import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.Monitors;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The migrations of a machine's guest, and the commands for them. Lives on the fakes' event loop. */
public final class Migration {

    private final Monitors monitors;
    private final MigrationSettings options;
    private final Incoming incoming;
    private final Outgoing outgoing;

    /** None yet. */
    public Migration(VmSettings settings, Monitors monitors, Machine machine) {
        this.monitors = monitors;
        this.options = new MigrationSettings(settings.profile);
        boolean always = !settings.profile.version().isAtLeast(10, 0);
        this.incoming = new Incoming(settings, machine, this::tell, () -> {
            if (always || options.has("events")) {
                send("setup");
            }
        });
        this.outgoing = new Outgoing(settings, machine, options, this::tell, this::tellPass);
    }

    /** The commands that are answered by an empty object. */
    public Map<String, Consumer<JsonNode>> commands() {
        return Map.of(
                "migrate", outgoing::start,
                "migrate-incoming", incoming::listen,
                "migrate_cancel", arguments -> outgoing.cancel(),
                "migrate-continue",
                        arguments -> outgoing.goOn(arguments.path("state").asString()),
                "migrate-start-postcopy", arguments -> refusePostcopy(),
                "migrate-set-capabilities",
                        arguments -> {
                            outgoing.requireNone();
                            options.setCapabilities(arguments);
                        },
                "migrate-set-parameters",
                        arguments -> {
                            options.setParameters(arguments);
                            outgoing.move();
                        });
    }

    /** The commands that ask. */
    public Map<String, Supplier<JsonNode>> queries() {
        return Map.of(
                "query-migrate", this::query,
                "query-migrate-capabilities", options::queryCapabilities,
                "query-migrate-parameters", options::queryParameters);
    }

    /** A machine whose guest has come may have sent it on. */
    private ObjectNode query() {
        ObjectNode info = outgoing.query();
        return info.isEmpty() ? incoming.query() : info;
    }

    private static void refusePostcopy() {
        throw QmpRefusal.generic("Enable postcopy with migrate_set_capability before the start of migration");
    }

    private void tell(String status) {
        if (options.has("events")) {
            send(status);
        }
    }

    private void send(String status) {
        monitors.emit("MIGRATION", JsonNodeFactory.instance.objectNode().put("status", status));
    }

    private void tellPass(int pass) {
        if (options.has("events")) {
            monitors.emit(
                    "MIGRATION_PASS", JsonNodeFactory.instance.objectNode().put("pass", pass));
        }
    }
}
