package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@DisplayName("README: the controller")
@ExtendWith(LeakGuard.class)
class VmControllerTest {

    private final FakeQmpServer machine = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"running\": true}")
            .when("stop")
            .error("GenericError", "not now");

    private static WebTestClient web(VmController controller) {
        return WebTestClient.bindToController(controller)
                .configureClient()
                .responseTimeout(PATIENCE)
                .build();
    }

    private static VmController controller(RunningFakeQmpServer qemu) {
        return new VmController(QmpClient.create().address(qemu.address()).name("vm"));
    }

    private static Flux<String> events(WebTestClient web) {
        return web.get()
                .uri("/vm/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<JsonNode>>() {})
                .getResponseBody()
                .mapNotNull(event -> event.comment() != null ? event.comment() : event.event());
    }

    private static void assertRuns(WebTestClient web) {
        web.get()
                .uri("/vm/status")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .value(status -> assertEquals(true, status.path("running").asBoolean()));
    }

    @Test
    @DisplayName("answers with JSON, connects once for all, and says in JSON what QEMU refuses")
    void commands() {
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            VmController controller = controller(qemu);
            WebTestClient web = web(controller);
            assertRuns(web);
            assertRuns(web);
            web.post()
                    .uri("/vm/stop")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(422)
                    .expectBody(JsonNode.class)
                    .value(problem ->
                            assertEquals("not now", problem.path("detail").asString()));
            assertEquals(1, qemu.received("qmp_capabilities").size());
            controller.close();
            qemu.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("streams events to a browser that stays while QEMU goes away and comes back")
    void browserStays() {
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            VmController controller = controller(qemu);
            WebTestClient web = web(controller);
            assertRuns(web);
            StepVerifier.create(events(web))
                    .expectNext("alive")
                    .then(() -> qemu.awaitConnection().emit("STOP"))
                    .expectNext("STOP")
                    .then(() -> qemu.awaitConnection().reset())
                    .expectNext("disconnected")
                    .then(() -> qemu.awaitConnection(1).emit("RESUME"))
                    .expectNext("RESUME")
                    .then(controller::close)
                    .thenConsumeWhile(event -> event.equals("disconnected"))
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("says that the machine is not there, and the stream of events begins nevertheless")
    void notThere() {
        RunningFakeQmpServer qemu = machine.startUnix();
        VmController controller = controller(qemu);
        qemu.close();
        WebTestClient web = web(controller);
        web.get().uri("/vm/status").exchange().expectStatus().isEqualTo(503);
        StepVerifier.create(events(web))
                .recordWith(HashSet::new)
                .expectNextCount(2)
                .expectRecordedMatches(Set.of("alive", "disconnected")::equals)
                .then(controller::close)
                .thenConsumeWhile(event -> event.equals("disconnected"))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("tells an outage in an event with data, since browsers skip events without")
    void outageHasData() {
        RunningFakeQmpServer qemu = machine.startUnix();
        VmController controller = controller(qemu);
        qemu.close();
        Flux<String> data = web(controller)
                .get()
                .uri("/vm/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .returnResult(String.class)
                .getResponseBody();
        StepVerifier.create(data)
                .expectNext("null")
                .then(controller::close)
                .thenConsumeWhile("null"::equals)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @Qemu
    @DisplayName(
            "real QEMU, stopped by SIGSTOP: a command is a 503 within its limit, and the same session goes on after SIGCONT")
    void suspended(QemuProcess qemu) {
        VmController controller = new VmController(QmpClient.create().address(qemu.address()));
        WebTestClient web = web(controller);
        web.get().uri("/vm/status").exchange().expectStatus().isOk();
        qemu.suspend();
        web.get()
                .uri("/vm/status")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
        qemu.resume();
        web.get().uri("/vm/status").exchange().expectStatus().isOk();
        controller.close();
    }
}
