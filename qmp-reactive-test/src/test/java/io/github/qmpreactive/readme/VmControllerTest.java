package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@DisplayName("README: the controller")
@ExtendWith(LeakGuard.class)
class VmControllerTest {

    @Test
    @DisplayName("answers with JSON, streams events, and connects anew after QEMU has gone")
    void controller() {
        FakeQmpServer machine = FakeQmpServer.create().when("query-status").reply("{\"running\": true}");
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            WebTestClient web = WebTestClient.bindToController(new VmController(client))
                    .configureClient()
                    .responseTimeout(PATIENCE)
                    .build();
            assertRuns(web);
            qemu.awaitConnection().emit("STOP");
            StepVerifier.create(web.get()
                            .uri("/vm/events")
                            .accept(MediaType.TEXT_EVENT_STREAM)
                            .exchange()
                            .returnResult(String.class)
                            .getResponseBody())
                    .expectNext("null")
                    .then(() -> qemu.awaitConnection().close())
                    .expectError(ConnectionLostError.class)
                    .verify(PATIENCE);
            assertRuns(web);
            assertEquals(2, qemu.received("query-status").size());
        }
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
}
