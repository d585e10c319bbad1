package io.github.qmpreactive.health;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.webflux.RunningApp;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import tools.jackson.databind.JsonNode;

@DisplayName("WebFlux: the health of a fleet")
@ExtendWith(LeakGuard.class)
class FleetHealthTest {

    private static final FakeQmpServer MACHINE = FakeQmpServer.create();
    private static final String HEALTH = "/actuator/health";

    private static RunningApp start(RunningFakeQmpServer vm1, RunningFakeQmpServer vm2) {
        return RunningApp.of(
                FleetApplication.class,
                Map.of(
                        "qmp.machines.vm1",
                        vm1.address(),
                        "qmp.machines.vm2",
                        vm2.address(),
                        "management.endpoint.health.show-details",
                        "always",
                        "management.endpoint.health.probes.enabled",
                        true));
    }

    private static JsonNode body(EntityExchangeResult<JsonNode> answer) {
        return Objects.requireNonNull(answer.getResponseBody());
    }

    /** Waits until the endpoint has a status, and returns what it says of the fleet. */
    private static JsonNode await(RunningApp app, HttpStatus http, String status) {
        Patience.until(
                () -> body(app.get(HEALTH)).path("status").asString().equals(status), () -> "It is " + app.get(HEALTH));
        EntityExchangeResult<JsonNode> answer = app.get(HEALTH);
        assertEquals(http, answer.getStatus());
        JsonNode fleet = body(answer).path("components").path("fleet");
        assertEquals(status, fleet.path("status").asString(), fleet::toString);
        return fleet.path("details");
    }

    private static void assertAlive(RunningApp app) {
        EntityExchangeResult<JsonNode> liveness = app.get(HEALTH + "/liveness");
        assertEquals(HttpStatus.OK, liveness.getStatus());
        assertEquals("UP", body(liveness).path("status").asString());
    }

    @Test
    @DisplayName("UP with all machines, DEGRADED and still a 200 without one, DOWN without most; alive in any case")
    void killed() {
        int port;
        try (RunningFakeQmpServer vm1 = MACHINE.startTcp();
                RunningFakeQmpServer vm2 = MACHINE.startTcp();
                RunningApp app = start(vm1, vm2)) {
            port = vm2.port();
            JsonNode up = await(app, HttpStatus.OK, "UP");
            assertEquals(2, up.path("machines").asInt());
            assertEquals(0, up.path("notConnected").size());
            assertAlive(app);

            vm2.closeLater().block(PATIENCE);
            JsonNode degraded = await(app, HttpStatus.OK, "DEGRADED");
            assertEquals(1, degraded.path("connected").asInt());
            JsonNode away = degraded.path("notConnected");
            assertEquals(1, away.size());
            assertFalse(away.path("vm2").path("state").asString().isEmpty(), away::toString);
            assertFalse(degraded.toString().contains("127.0.0.1"), degraded::toString);
            assertFalse(degraded.toString().contains(":" + port), degraded::toString);
            assertAlive(app);

            vm1.closeLater().block(PATIENCE);
            await(app, HttpStatus.SERVICE_UNAVAILABLE, "DOWN");
            assertAlive(app);

            try (RunningFakeQmpServer restarted = MACHINE.withPort(port).startTcp()) {
                assertEquals(port, restarted.port());
                JsonNode again = await(app, HttpStatus.OK, "DEGRADED");
                assertEquals(1, again.path("connected").asInt());
            }
        }
    }
}
