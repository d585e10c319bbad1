package io.github.qmpreactive.webflux;

import io.github.qmpreactive.test.Patience;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

/** The application on a port of its own, and a browser. */
public final class RunningApp implements AutoCloseable {

    /** For what has to happen, however slow the machine is. */
    static final Duration PATIENCE = Patience.PATIENCE;

    private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> SERVER_SENT_EVENT =
            new ParameterizedTypeReference<>() {};

    static {
        // Logging is set up already, for all tests.
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        StepVerifier.setDefaultTimeout(PATIENCE);
    }

    private final ConfigurableApplicationContext context;

    private RunningApp(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static RunningApp at(String address) {
        return at(address, 256);
    }

    static RunningApp at(String address, int eventBuffer) {
        return of(VmApplication.class, Map.of("qmp.address", address, "qmp.event-buffer", eventBuffer));
    }

    /** Any application. */
    public static RunningApp of(Class<?> type, Map<String, Object> properties) {
        SpringApplication application = new SpringApplication(type);
        application.setBannerMode(Banner.Mode.OFF);
        application.setRegisterShutdownHook(false);
        Map<String, Object> all = new HashMap<>(properties);
        all.putIfAbsent("server.port", 0);
        application.setDefaultProperties(all);
        application.addInitializers(context ->
                ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, RunningApp::loops));
        return new RunningApp(application.run());
    }

    /** Event loops of its own: closing it takes them from no other application, and closes at once. */
    private static ReactorResourceFactory loops() {
        ReactorResourceFactory loops = new ReactorResourceFactory();
        loops.setUseGlobalResources(false);
        loops.setShutdownQuietPeriod(Duration.ZERO);
        return loops;
    }

    /** Where it listens. */
    public int port() {
        return Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port")));
    }

    private WebTestClient web() {
        return WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + port())
                .responseTimeout(PATIENCE)
                .build();
    }

    /** What the application answers to a GET. */
    public EntityExchangeResult<JsonNode> get(String path) {
        return web().get().uri(path).exchange().expectBody(JsonNode.class).returnResult();
    }

    /** What the application answers to a POST of some JSON. */
    EntityExchangeResult<JsonNode> post(String path, String json) {
        return web().post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(json)
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult();
    }

    /** Opens the stream of events; returns when the application has subscribed to them. */
    Flux<ServerSentEvent<JsonNode>> events() {
        return web().get()
                .uri("/vm/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(SERVER_SENT_EVENT)
                .getResponseBody()
                .filter(event -> event.event() != null);
    }

    /** A part of the application. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Waits until so many browsers are subscribed to events. */
    void awaitWatchers(int number) {
        StepVerifier.create(bean(Watchers.class).counts().filter(n -> n == number))
                .expectNextCount(1)
                .thenCancel()
                .verify();
    }

    @Override
    public void close() {
        context.close();
    }
}
