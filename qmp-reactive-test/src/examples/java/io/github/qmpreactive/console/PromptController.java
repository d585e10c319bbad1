package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Understands a line while it is typed; nothing is sent but the question for the schema, once for each session. */
@RestController
class PromptController {

    /**
     * What is typed so far.
     *
     * @param line the line
     */
    record Request(String line) {}

    private final Vms vms;

    PromptController(Vms vms) {
        this.vms = vms;
    }

    @PostMapping("/api/machines/{machine}/prompt")
    Mono<Prompt> understand(@PathVariable String machine, @RequestBody Request request) {
        return vms.get(machine).session().flatMap(QmpSession::schema).map(schema -> Prompt.of(request.line(), schema));
    }
}
