package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import tools.jackson.databind.JsonNode;

@DisplayName("Console: the fakes that it starts where there is no QEMU")
@ExtendWith(LeakGuard.class)
class OwnFakesTest {

    private static EntityExchangeResult<JsonNode> get(RunningConsole console, String path) {
        return console.web()
                .get()
                .uri("/api/machines/web/" + path)
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult();
    }

    @Test
    @DisplayName("They run, have disks and devices, understand the prompt, and one waits for a guest")
    void fakes() {
        try (OwnMachines machines = OwnMachines.fakes();
                RunningConsole console = RunningConsole.at(machines.line())) {
            console.awaitState("web", "up", "running");
            console.awaitState("db", "up", "running");
            console.awaitState("spare", "up", "inmigrate");
            JsonNode hardware = Objects.requireNonNull(get(console, "devices").getResponseBody());
            assertEquals(3, hardware.path("disks").size(), hardware::toString);
            assertEquals("rng0", hardware.path("devices").path(0).path("id").asString(), hardware::toString);
            JsonNode prompt =
                    Objects.requireNonNull(console.post("/api/machines/web/prompt", "{\"line\": \"query-statu\"}")
                            .getResponseBody());
            assertTrue(prompt.path("suggestions").toString().contains("query-status"), prompt::toString);
            EntityExchangeResult<JsonNode> screen = get(console, "screen");
            assertEquals(HttpStatus.UNPROCESSABLE_CONTENT, screen.getStatus(), screen::toString);
            assertEquals(
                    HttpStatus.ACCEPTED,
                    console.post("/api/machines/web/migration", "{\"id\": \"spare\", \"confirmed\": true}")
                            .getStatus());
            console.awaitState("spare", "up", "running");
        }
    }
}
