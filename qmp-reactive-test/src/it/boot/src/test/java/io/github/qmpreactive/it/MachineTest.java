package io.github.qmpreactive.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Uses the test kit as a project does that has JUnit 6. */
@QmpGuards
class MachineTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void isJUnit6() {
        String version = ExtensionContext.class.getPackage().getImplementationVersion();
        assertTrue(version.startsWith("6."), version);
    }

    @Test
    void asksTheFake() {
        FakeQmpServer machine = FakeQmpServer.create().when("query-status").reply("{\"running\": true}");
        try (RunningFakeQmpServer server = machine.startUnix()) {
            Boolean running = QmpClient.create()
                    .address(server.address())
                    .withSession(session -> session.execute("query-status"))
                    .map(status -> status.path("running").asBoolean())
                    .blockLast(PATIENCE);
            assertEquals(true, running);
        }
    }

    @Test
    @Qemu(version = "2.0+")
    void asksQemu(QmpSession session, QemuProcess qemu) {
        assertTrue(qemu.isAlive());
        assertTrue(session.execute("query-status").block(PATIENCE).has("running"));
    }

    @Test
    @Qemu(version = "99.0+")
    void needsAnotherQemu() {
        fail("There is no such QEMU");
    }
}
