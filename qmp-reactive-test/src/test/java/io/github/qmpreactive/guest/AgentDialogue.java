package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** What is asked of an agent, real or fake, one after the other, and what it answers. */
final class AgentDialogue {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final QgaSession session;
    private final Runnable restart;
    private final List<String> transcript = new ArrayList<>();
    private String pid = "";

    private AgentDialogue(QgaSession session, Runnable restart) {
        this.session = session;
        this.restart = restart;
    }

    /** What was asked and answered, a line for each. */
    static List<String> transcript(QgaSession session, Runnable restart, Consumer<AgentDialogue> steps) {
        AgentDialogue dialogue = new AgentDialogue(session, restart);
        steps.accept(dialogue);
        return dialogue.transcript;
    }

    /** A command with or without arguments: {@code "guest-file-close {'handle': 1000}"}; {@code $pid} is the newest process. */
    AgentDialogue send(String command) {
        transcript.add(
                command + ": " + execute(command).map(JSON::writeValueAsString).block(Patience.PATIENCE));
        return this;
    }

    /** Several. */
    AgentDialogue send(String... commands) {
        for (String command : commands) {
            send(command);
        }
        return this;
    }

    /** Starts a program with arguments in addition to {@code path}, and tells its end. */
    AgentDialogue run(String arguments) {
        return start(arguments).result();
    }

    AgentDialogue start(String arguments) {
        JsonNode started = await(execute("guest-exec {" + arguments + "}"), arguments);
        pid = started.path("pid").asString("-1");
        transcript.add(arguments + ": " + (started.has("pid") ? "started" : JSON.writeValueAsString(started)));
        return this;
    }

    AgentDialogue result() {
        Mono<JsonNode> end = execute("guest-exec-status {'pid': $pid}")
                .filter(status -> status.path("exited").asBoolean(true))
                .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(20)));
        JsonNode result = await(end, "a result");
        transcript.add("result: " + JSON.writeValueAsString(result));
        return this;
    }

    AgentDialogue restart() {
        restart.run();
        return this;
    }

    private JsonNode await(Mono<JsonNode> answer, String what) {
        Mono<JsonNode> late = Mono.error(
                () -> new AssertionError("No answer to " + what + " behind\n" + String.join("\n", transcript)));
        return Objects.requireNonNull(answer.timeout(Patience.PATIENCE, late).block());
    }

    private Mono<JsonNode> execute(String command) {
        int end = command.indexOf(' ');
        String arguments =
                end < 0 ? "{}" : command.substring(end).replace("$pid", pid).replace('\'', '"');
        return session.execute(end < 0 ? command : command.substring(0, end), JSON.readTree(arguments))
                .onErrorResume(
                        ExecuteError.class,
                        e -> Mono.just(JSON.createObjectNode()
                                .put("class", e.errorClass())
                                .put("desc", e.description())));
    }
}
