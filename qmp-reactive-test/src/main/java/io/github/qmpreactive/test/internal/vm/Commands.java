package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.internal.vm.job.Jobs;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.internal.vm.migration.Migration;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The commands that a machine knows, put on a server. */
final class Commands {

    /** Each makes a reply of arguments, or refuses with a {@link QmpRefusal}. */
    private final Map<String, Function<JsonNode, Mono<JsonNode>>> commands = new LinkedHashMap<>();

    private final Machine machine;
    private final Jobs jobs;
    private final SchemaCheck schema;

    Commands(Machine machine, Devices devices, Jobs jobs, Migration migration, VmSettings settings) {
        this.machine = machine;
        this.jobs = jobs;
        this.schema = settings.profile.schemaCheck();
        new Queries(settings, machine).all().forEach((name, reply) -> query(name, arguments -> reply.get()));
        query("query-commands", arguments -> names());
        query("query-qmp-schema", arguments -> schema.json());
        query("query-cpus-fast", arguments -> devices.processors().running());
        query("query-hotpluggable-cpus", arguments -> devices.processors().slots());
        query("query-memory-devices", arguments -> devices.modules().list());
        query("query-memory-size-summary", arguments -> devices.modules().summary());
        query("qom-list", arguments -> list(devices, arguments.path("path").asString()));
        action("cont", arguments -> {
            jobs.dump().requireNone();
            machine.cont();
        });
        action("stop", arguments -> {
            jobs.dump().requireNone();
            machine.stop();
        });
        action("inject-nmi", arguments -> {});
        action("system_wakeup", arguments -> machine.wakeUp());
        action("system_powerdown", arguments -> machine.pressPowerButton());
        action("system_reset", arguments -> machine.reset(false, "host-qmp-system-reset"));
        action("quit", arguments -> machine.exit("host-qmp-quit"));
        action("set-action", arguments -> arguments
                .properties()
                .forEach(choice ->
                        machine.setAction(choice.getKey(), choice.getValue().asString())));
        action("device_del", arguments -> devices.remove(arguments.path("id").asString()));
        // Takes the properties of the driver as well, whatever they are, and so is not checked by the schema.
        commands.put("device_add", done(devices::add));
        addBackends(devices.backends());
        query("query-jobs", arguments -> jobs.query());
        query("query-block-jobs", arguments -> jobs.queryBlock());
        jobs.commands().forEach(this::action);
        migration.commands().forEach(this::action);
        migration.queries().forEach((name, reply) -> query(name, arguments -> reply.get()));
        query("query-dump", arguments -> jobs.dump().query());
        query("query-dump-guest-memory-capability", arguments -> jobs.dump().capability());
        command("dump-guest-memory", jobs.dump()::begin);
        HumanMonitor human =
                new HumanMonitor(settings, machine, (name, arguments) -> Objects.requireNonNull(commands.get(name))
                        .apply(arguments));
        command(
                "human-monitor-command",
                arguments -> human.run(arguments, devices.processors().running().size()));
        commands.keySet().retainAll(schema.schema().commands());
    }

    private void addBackends(Backends backends) {
        action("blockdev-add", backends.nodes()::add);
        action("blockdev-del", backends.nodes()::remove);
        action("netdev_add", backends::addNetdev);
        action("netdev_del", backends::removeNetdev);
        action("chardev-add", backends::addChardev);
        action("chardev-remove", backends::removeChardev);
        action("object-add", backends::addObject);
        action("object-del", backends::removeObject);
    }

    /** A server that knows these commands. */
    FakeQmpServer on(FakeQmpServer server) {
        FakeQmpServer result = server;
        for (Map.Entry<String, Function<JsonNode, Mono<JsonNode>>> command : commands.entrySet()) {
            result = result.when(command.getKey()).answerLater(received -> machine.whenFree()
                    .then(Mono.defer(() -> answer(command.getValue(), received.arguments())))
                    .onErrorResume(QmpRefusal.class, e -> Mono.just(Answer.error(e.errorClass(), e.description()))));
        }
        return result;
    }

    private Mono<Answer> answer(Function<JsonNode, Mono<JsonNode>> command, JsonNode arguments) {
        jobs.settle();
        // What comes behind the end is not answered any more.
        return machine.isAlive()
                ? command.apply(arguments).map(reply -> Answer.reply(reply))
                : Mono.just(Faults.silence());
    }

    private void action(String name, Consumer<JsonNode> body) {
        command(name, done(body));
    }

    private void query(String name, Function<JsonNode, JsonNode> body) {
        command(name, arguments -> Mono.just(body.apply(arguments)));
    }

    private void command(String name, Function<JsonNode, Mono<JsonNode>> body) {
        commands.put(name, arguments -> {
            schema.refusalOf(name, arguments, false).ifPresent(error -> {
                throw new QmpRefusal(error.errorClass(), error.description());
            });
            return body.apply(arguments);
        });
    }

    private Function<JsonNode, Mono<JsonNode>> done(Consumer<JsonNode> body) {
        return arguments -> {
            body.accept(arguments);
            return machine.whenFree().thenReturn(JsonNodeFactory.instance.objectNode());
        };
    }

    private static JsonNode list(Devices devices, String path) {
        return Optional.ofNullable(devices.list(path))
                .orElseThrow(() -> QmpRefusal.generic("FakeVm lists /machine/peripheral and /machine/peripheral-anon"
                        + " alone: stub qom-list for " + path));
    }

    private ArrayNode names() {
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        commands.keySet().forEach(name -> names.addObject().put("name", name));
        // The server's own.
        names.addObject().put("name", "qmp_capabilities");
        return names;
    }
}
