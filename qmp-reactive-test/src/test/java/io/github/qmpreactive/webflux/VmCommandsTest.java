package io.github.qmpreactive.webflux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.Guard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("WebFlux: commands as JSON")
// The application opens its session when the first test asks it, and keeps it.
@QmpGuards(except = Guard.SOCKETS)
class VmCommandsTest {

    private static RunningFakeQmpServer fake;
    private static RunningApp app;

    @BeforeAll
    static void start() {
        fake = FakeQmpServer.create()
                .when("query-nothing")
                .commandNotFound()
                .when("query-status")
                .reply("{\"status\": \"running\", \"running\": true}")
                .when("query-block")
                .error("GenericError", "Not today")
                .when("device_del")
                .withArguments("{\"id\": \"usb0\"}")
                .reply("{}")
                .startUnix();
        app = RunningApp.at(fake.address());
    }

    @AfterAll
    static void stop() {
        app.close();
        fake.close();
    }

    private static void assertAnswer(HttpStatus status, String json, EntityExchangeResult<JsonNode> answer) {
        JsonNode body = Objects.requireNonNull(answer.getResponseBody());
        assertEquals(status, answer.getStatus(), body::toString);
        assertEquals(JsonMapper.shared().readTree(json), body);
    }

    private static void assertProblem(
            HttpStatus status, String detail, String errorClass, EntityExchangeResult<JsonNode> answer) {
        JsonNode body = Objects.requireNonNull(answer.getResponseBody());
        assertEquals(status, answer.getStatus(), body::toString);
        assertEquals(
                MediaType.APPLICATION_PROBLEM_JSON, answer.getResponseHeaders().getContentType());
        assertEquals(detail, body.path("detail").asString());
        assertEquals(errorClass, body.path("class").asString());
    }

    @Test
    @DisplayName("A controller that returns Mono<JsonNode> answers with what QEMU returned")
    void json() {
        EntityExchangeResult<JsonNode> answer = app.get("/vm/query-status");
        assertAnswer(HttpStatus.OK, "{\"status\": \"running\", \"running\": true}", answer);
        assertEquals(MediaType.APPLICATION_JSON, answer.getResponseHeaders().getContentType());
    }

    @Test
    @DisplayName("The body of a POST becomes the arguments of the command")
    void arguments() {
        assertAnswer(HttpStatus.OK, "{}", app.post("/vm/device_del", "{\"id\": \"usb0\"}"));
    }

    @Test
    @DisplayName("All requests share one session")
    void oneSession() {
        app.get("/vm/query-status");
        int before = fake.awaitConnection().received("query-status").size();
        app.get("/vm/query-status");
        assertEquals(before + 1, fake.awaitConnection().received("query-status").size());
    }

    @Test
    @DisplayName("An ExecuteError becomes a 422 with QEMU's class and description, an unknown command a 404")
    void refusals() {
        assertProblem(HttpStatus.UNPROCESSABLE_CONTENT, "Not today", "GenericError", app.get("/vm/query-block"));
        assertProblem(
                HttpStatus.NOT_FOUND,
                "The command query-nothing has not been found",
                "CommandNotFound",
                app.get("/vm/query-nothing"));
    }

    @Test
    @DisplayName("Arguments that QEMU would not accept as JSON are refused with a 400, and the session goes on")
    void unsendable() {
        EntityExchangeResult<JsonNode> refused = app.post("/vm/device_del", "{\"id\": \"\\ud800\"}");
        assertEquals(HttpStatus.BAD_REQUEST, refused.getStatus(), refused::toString);
        assertEquals(HttpStatus.OK, app.get("/vm/query-status").getStatus());
    }

    @Test
    @Qemu
    @DisplayName("Real QEMU: its version, and its own words where it says no")
    void real(QemuProcess qemu) {
        try (RunningApp real = RunningApp.at(qemu.address())) {
            JsonNode version =
                    Objects.requireNonNull(real.get("/vm/query-version").getResponseBody());
            assertEquals(true, version.path("qemu").path("major").isInt(), version::toString);
            assertProblem(
                    HttpStatus.NOT_FOUND,
                    "Device 'nobody' not found",
                    "DeviceNotFound",
                    real.post("/vm/device_del", "{\"id\": \"nobody\"}"));
        }
    }
}
