package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What people do to a machine. */
@RestController
class CommandController {

    /**
     * A command.
     *
     * @param command its name
     * @param arguments none if they are absent
     * @param confirmed whether a person has answered the second question
     */
    record Request(
            String command,
            @Nullable ObjectNode arguments,
            @Nullable Boolean confirmed) {

        QmpCommand toCommand() {
            QmpCommand plain = QmpCommand.of(command);
            return arguments == null ? plain : plain.arguments(arguments);
        }
    }

    private final Vms vms;
    private final Rules rules;

    CommandController(Vms vms, Rules rules) {
        this.vms = vms;
        this.rules = rules;
    }

    @GetMapping("/api/console")
    Map<String, Object> console() {
        return Map.of("readOnly", rules.readOnly());
    }

    /** Runs a command, and answers with what QEMU returned. */
    @PostMapping("/api/machines/{machine}/commands")
    Mono<JsonNode> run(@PathVariable String machine, @RequestBody Request request) {
        Vm vm = vms.get(machine);
        rules.check(request.command(), Boolean.TRUE.equals(request.confirmed()));
        return vm.session()
                .flatMap(session -> execute(session, request))
                .map(Masked::json)
                .doOnSuccess(reply -> tell(vm, request.command(), "done"))
                .doOnError(e -> tell(vm, request.command(), Words.of(e)));
    }

    private static Mono<JsonNode> execute(QmpSession session, Request request) {
        if (request.command().equals("quit")) {
            // Its reply may never come: the end of the session stands for it.
            return session.quit().thenReturn(JsonNodeFactory.instance.objectNode());
        }
        return session.execute(request.toCommand());
    }

    /** All browsers see what was done, not what was looked at. */
    private static void tell(Vm vm, String command, String outcome) {
        if (!Rules.reads(command)) {
            vm.log().add("command", command, null, outcome, null);
        }
    }

    /** Connects again to a machine that was given up. */
    @PostMapping("/api/machines/{machine}/connect")
    void connect(@PathVariable String machine) {
        vms.get(machine).connect();
    }
}
