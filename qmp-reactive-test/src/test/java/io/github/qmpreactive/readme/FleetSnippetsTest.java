package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.fleet.FleetEvent;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("The client's guide: fleets")
@ExtendWith(LeakGuard.class)
class FleetSnippetsTest {

    private final FleetSnippets snippets = new FleetSnippets();

    @Test
    @DisplayName("fleet connects machines, fleet-each asks each, fleet-events has their events")
    void fleet() {
        try (RunningFakeQmpServer vm = FakeQmpServer.create()
                .when("query-status")
                .reply("{\"status\": \"paused\"}")
                .startUnix()) {
            QmpFleet fleet = snippets.fleet(Map.of("vm", vm.path(), "gone", Path.of("/nowhere/qmp.sock")));
            var events =
                    snippets.shutdowns(fleet).map(FleetEvent::machine).next().toFuture();
            fleet.machine("vm").orElseThrow().session().block(PATIENCE);
            List<String> states = Objects.requireNonNull(
                    snippets.states(fleet).sort().collectList().block(PATIENCE));
            assertTrue(states.get(0).startsWith("gone: unknown, since "), states::toString);
            assertEquals("vm: paused", states.get(1));
            vm.emit("STOP");
            vm.emit("SHUTDOWN", "{\"guest\": true, \"reason\": \"guest-shutdown\"}");
            assertEquals("vm", events.join());
            fleet.stop();
            fleet.stopped().block(PATIENCE);
        }
    }
}
