package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
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

        /** The command, if the rules permit it at a machine. */
        QmpCommand checked(Rules rules, Vm vm) {
            JsonNode given = arguments == null ? MissingNode.getInstance() : arguments;
            rules.check(command, given, vm.state().status(), Boolean.TRUE.equals(confirmed));
            QmpCommand plain = QmpCommand.of(command);
            return arguments == null ? plain : plain.arguments(arguments);
        }
    }

    private final Vms vms;
    private final Rules rules;
    private final Duration timeout;

    CommandController(Vms vms, Rules rules, @Value(Vms.TIMEOUT) Duration timeout) {
        this.vms = vms;
        this.rules = rules;
        this.timeout = timeout;
    }

    /** What the page has to know before it is drawn. */
    @GetMapping("/api/console")
    Map<String, Object> console() {
        return Map.of("readOnly", rules.readOnly(), "machines", vms.all().size());
    }

    /** Runs a command, and answers with what QEMU returned. */
    @PostMapping("/api/machines/{machine}/commands")
    Mono<JsonNode> run(@PathVariable String machine, @RequestBody Request request) {
        Vm vm = vms.get(machine);
        return run(vm, request.checked(rules, vm));
    }

    /** Runs a command that the rules permit. A browser that leaves does not take the outcome from the log. */
    Mono<JsonNode> run(Vm vm, QmpCommand command) {
        Mono<JsonNode> outcome = vm.session()
                .flatMap(session -> execute(session, command))
                .map(Masked::json)
                .doOnSuccess(reply -> tell(vm, command.name(), "done"))
                .doOnError(e -> tell(vm, command.name(), Words.of(e)));
        // As a value: an error would be dropped if the browser has left.
        return Mono.defer(() -> Mono.fromFuture(outcome.materialize().toFuture(), true))
                .dematerialize();
    }

    private Mono<JsonNode> execute(QmpSession session, QmpCommand command) {
        if (command.name().equals("quit")) {
            // Its reply may never come: the end of the session stands for it.
            return session.quit()
                    .timeout(
                            timeout,
                            Mono.error(() -> new ResponseStatusException(
                                    HttpStatus.GATEWAY_TIMEOUT, "QEMU has not ended in time, and may do so yet")))
                    .thenReturn(JsonNodeFactory.instance.objectNode());
        }
        return session.execute(command);
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
        rules.checkChange();
        vms.get(machine).connect();
    }
}
