package io.github.qmpreactive.console;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.vm.RunningFakeVm;
import io.github.qmpreactive.webflux.RunningApp;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The console on a port of its own, and a client of its HTTP interface. */
final class RunningConsole implements AutoCloseable {

    private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> EVENTS =
            new ParameterizedTypeReference<>() {};

    private final RunningApp app;

    private RunningConsole(RunningApp app) {
        this.app = app;
    }

    static RunningConsole at(String machines) {
        return with(Map.of("console.machines", machines));
    }

    static RunningConsole at(RunningFakeVm vm) {
        return at("vm=" + vm.address());
    }

    static RunningConsole with(Map<String, Object> properties) {
        return new RunningConsole(RunningApp.of(ConsoleApplication.class, new HashMap<>(properties)));
    }

    /** A part of the console. */
    <T> T bean(Class<T> type) {
        return app.bean(type);
    }

    int port() {
        return app.port();
    }

    WebTestClient web() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port())
                .responseTimeout(PATIENCE)
                .build();
    }

    /** What the console answers to a command for the machine {@code vm}. */
    EntityExchangeResult<JsonNode> run(String json) {
        return run("vm", json);
    }

    EntityExchangeResult<JsonNode> run(String machine, String json) {
        return post("/api/machines/" + machine + "/commands", json);
    }

    EntityExchangeResult<JsonNode> post(String path, String json) {
        return web().post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(json)
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult();
    }

    /** What the console answers to a line at the prompt of the machine {@code vm}, as a text. */
    EntityExchangeResult<String> line(String line, boolean confirmed) {
        return web().post()
                .uri("/api/machines/vm/lines")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("line", line, "confirmed", confirmed))
                .exchange()
                .expectBody(String.class)
                .returnResult();
    }

    /** Runs a command that is to fail, and returns the reason that people see. */
    String refused(HttpStatus status, String json) {
        EntityExchangeResult<JsonNode> answer = run(json);
        JsonNode problem = Objects.requireNonNull(answer.getResponseBody());
        assertEquals(status, answer.getStatus(), problem::toString);
        return problem.path("detail").asString();
    }

    /** The stream of a browser that looks at the machine {@code vm}. */
    Flux<ServerSentEvent<JsonNode>> stream(String query) {
        return web().get()
                .uri("/api/stream?machine=vm" + query)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(EVENTS)
                .getResponseBody()
                .filter(event -> event.event() != null);
    }

    /** The states of all machines. */
    Flux<JsonNode> states() {
        return stream("").filter(event -> "machine".equals(event.event())).map(ServerSentEvent::data);
    }

    /** The entries of the log: kind and name. */
    Flux<ServerSentEvent<JsonNode>> entries(String query) {
        return stream(query).filter(event -> "entry".equals(event.event()));
    }

    /** What an event has; empty for other entries. */
    static JsonNode eventData(ServerSentEvent<JsonNode> entry) {
        String json = Objects.requireNonNull(entry.data()).path("data").asString("");
        return JsonMapper.shared().readTree(json.isEmpty() ? "{}" : json);
    }

    static String words(ServerSentEvent<JsonNode> entry) {
        JsonNode data = Objects.requireNonNull(entry.data());
        return (data.path("kind").asString() + " " + data.path("name").asString()).strip();
    }

    /** Waits for a state of a machine, and returns it. */
    JsonNode awaitState(String machine, String link, String status) {
        return Objects.requireNonNull(
                states().filter(state -> state.path("name").asString().equals(machine)
                                && state.path("link").asString().equals(link)
                                && state.path("status").asString("").equals(status))
                        .blockFirst(PATIENCE));
    }

    void awaitRunning() {
        awaitState("vm", "up", "running");
    }

    /** Waits until the newest task has a status, and returns it. */
    JsonNode awaitTask(String status) {
        return Objects.requireNonNull(states().map(state -> state.path("tasks").path(0))
                .filter(task -> task.path("status").asString("").equals(status))
                .blockFirst(PATIENCE));
    }

    /** Waits until so many streams are open. */
    void awaitWatchers(int number) {
        StepVerifier.create(app.bean(Watchers.class).counts().filter(n -> n == number))
                .expectNextCount(1)
                .thenCancel()
                .verify();
    }

    /** As closing it does, while browsers look at it. */
    void stop() {
        app.close();
    }

    @Override
    public void close() {
        app.close();
    }
}
