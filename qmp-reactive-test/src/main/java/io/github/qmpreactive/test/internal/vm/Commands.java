package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.schema.QmpSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The commands that a machine knows, put on a server. */
final class Commands {

    /** Says no with a {@link QmpRefusal}. */
    private record Command(Consumer<JsonNode> check, Function<JsonNode, JsonNode> body) {

        Answer answerTo(ReceivedCommand command) {
            try {
                check.accept(command.arguments());
                return Answer.reply(body.apply(command.arguments()));
            } catch (QmpRefusal e) {
                return Answer.error(e.errorClass(), e.description());
            }
        }
    }

    private final Map<String, Command> commands = new LinkedHashMap<>();

    private final Machine machine;

    private final QmpSchema schema;

    Commands(Machine machine, Devices devices, Identity identity, QmpSchema schema) {
        this.machine = machine;
        this.schema = schema;
        addBackends(devices.backends());
        // Takes the properties of the driver as well, whatever they are.
        commands.put("device_add", new Command(arguments -> {}, arguments -> {
            devices.add(arguments);
            return nothing();
        }));
        add("cont", machine::cont);
        add("stop", machine::stop);
        query("query-name", identity::name);
        query("query-memory-size-summary", identity::memory);
        query("query-kvm", identity::kvm);
        add("inject-nmi", () -> {});
        add("system_wakeup", machine::wakeUp);
        add("system_powerdown", machine::pressPowerButton);
        add("system_reset", () -> machine.reset(false, "host-qmp-system-reset"));
        query("query-uuid", identity::uuid);
        query("query-target", identity::target);
        query("query-current-machine", () -> nothing().put("wakeup-suspend-support", true));
        query("query-cpus-fast", identity::cpus);
        add("device_del", arguments -> {
            devices.remove(arguments.path("id").asString());
            return nothing();
        });
        add("qom-list", arguments -> list(devices, arguments));
        add("quit", () -> machine.exit("host-qmp-quit"));
        query("query-commands", this::names);
        query("query-version", identity::version);
        add("set-action", arguments -> {
            arguments
                    .properties()
                    .forEach(choice ->
                            machine.setAction(choice.getKey(), choice.getValue().asString()));
            return nothing();
        });
        query("query-status", () -> identity.status(machine.isRunning(), machine.state()));
        commands.keySet().removeIf(name -> !identity.knows(name));
    }

    /** A server that knows these commands. */
    FakeQmpServer on(FakeQmpServer server) {
        FakeQmpServer result = server;
        for (Map.Entry<String, Command> entry : commands.entrySet()) {
            result = result.when(entry.getKey())
                    // What comes behind the end is not answered any more.
                    .answer(c -> machine.isAlive() ? entry.getValue().answerTo(c) : Faults.silence());
        }
        return result;
    }

    private void addBackends(Backends backends) {
        add("blockdev-add", backends::addBlockdev);
        add("blockdev-del", backends::removeBlockdev);
        add("netdev_add", backends::addNetdev);
        add("netdev_del", backends::removeNetdev);
        add("chardev-add", backends::addChardev);
        add("chardev-remove", backends::removeChardev);
        add("object-add", backends::addObject);
        add("object-del", backends::removeObject);
    }

    private void add(String name, Function<JsonNode, JsonNode> body) {
        Consumer<JsonNode> check =
                arguments -> schema.refusalOf(name, arguments, false).ifPresent(error -> {
                    throw new QmpRefusal(error.errorClass(), error.description());
                });
        commands.put(name, new Command(check, body));
    }

    private static JsonNode list(Devices devices, JsonNode arguments) {
        String path = arguments.path("path").asString();
        JsonNode members = devices.list(path);
        if (members == null) {
            throw QmpRefusal.generic(
                    "FakeVm lists /machine/peripheral and /machine/peripheral-anon alone: stub qom-list for " + path);
        }
        return members;
    }

    private ArrayNode names() {
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        for (String name : commands.keySet()) {
            names.addObject().put("name", name);
            if (name.equals("query-version")) {
                // The server's own.
                names.addObject().put("name", "qmp_capabilities");
            }
        }
        return names;
    }

    private void add(String name, Runnable body) {
        query(name, () -> {
            body.run();
            return nothing();
        });
    }

    private void query(String name, Supplier<JsonNode> body) {
        add(name, arguments -> body.get());
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }
}
