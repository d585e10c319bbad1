package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Understands a line while it is typed, and runs it. The page has arguments and replies as texts: it would round large integers. */
@RestController
class PromptController {

    /**
     * What is typed so far, or sent.
     *
     * @param line the line
     * @param confirmed whether a person has answered the second question
     */
    record Request(String line, @Nullable Boolean confirmed) {}

    private final Vms vms;
    private final Rules rules;
    private final CommandController commands;

    PromptController(Vms vms, Rules rules, CommandController commands) {
        this.vms = vms;
        this.rules = rules;
        this.commands = commands;
    }

    /** Sends nothing but the question for the schema, once for each session. */
    @PostMapping("/api/machines/{machine}/prompt")
    Mono<Prompt> understand(@PathVariable String machine, @RequestBody Request request) {
        return vms.get(machine).session().flatMap(QmpSession::schema).map(schema -> Prompt.of(request.line(), schema));
    }

    /** Runs a line, and answers with the reply, or with the task that it has begun, as people read it. */
    @PostMapping(path = "/api/machines/{machine}/lines", produces = MediaType.TEXT_PLAIN_VALUE)
    Mono<String> run(@PathVariable String machine, @RequestBody Request request) {
        Vm vm = vms.get(machine);
        return understand(machine, request)
                .flatMap(prompt -> {
                    if (!prompt.problems().isEmpty()) {
                        throw new ResponseStatusException(HttpStatus.BAD_REQUEST, String.join("; ", prompt.problems()));
                    }
                    rules.check(
                            prompt.command(),
                            prompt.arguments(),
                            vm.state().status(),
                            Boolean.TRUE.equals(request.confirmed()));
                    return run(vm, prompt.toCommand());
                })
                .map(JsonNode::toPrettyString);
    }

    private Mono<JsonNode> run(Vm vm, QmpCommand command) {
        if (command.name().equals("device_del")) {
            String device = command.arguments().path("id").asString("");
            return vm.session().map(session -> task(vm.tasks().unplug(session, device)));
        }
        return Tasks.isJob(command)
                ? vm.session().map(session -> task(vm.tasks().job(session, command)))
                : commands.run(vm, command);
    }

    private static JsonNode task(String id) {
        return JsonNodeFactory.instance.objectNode().put("task", id);
    }
}
