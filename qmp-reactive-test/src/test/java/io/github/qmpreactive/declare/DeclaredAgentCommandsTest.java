package io.github.qmpreactive.declare;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Declared commands of a guest agent")
class DeclaredAgentCommandsTest {

    record AgentCommand(String name, boolean successResponse) {}

    record AgentInfo(String version, List<AgentCommand> supportedCommands) {}

    interface AgentCommands {
        @Execute("guest-info")
        Mono<AgentInfo> info();

        @Execute(value = "guest-shutdown", withoutReply = true)
        Mono<Void> shutdown(String mode);
    }

    interface Disks {
        @Execute("guest-get-disks")
        Flux<String> disks();

        @Execute(value = "guest-ping", oob = true)
        Mono<Void> ping();

        @Execute("guest-set-time")
        Mono<Void> set(FdSource fd);
    }

    @Test
    @DisplayName("One that is not answered when it succeeds completes when the agent has accepted it")
    void withoutReply() {
        FakeQmpServer agent = FakeQmpServer.guestAgent().when("guest-shutdown").silent();
        try (RunningFakeQmpServer server = agent.startUnix()) {
            QgaClient client = QgaClient.create().address(server.address()).name("vm");
            QgaSession session = Objects.requireNonNull(client.connect().block(PATIENCE));
            StepVerifier.create(QmpCommands.of(session, AgentCommands.class).shutdown("reboot"))
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(
                    "{\"mode\":\"reboot\"}",
                    server.received("guest-shutdown").get(0).arguments().toString());
            session.disconnect().block(PATIENCE);
        }
    }

    @Test
    @DisplayName("What an agent, or a monitor, cannot execute is refused before anything is sent")
    void refused() {
        try (RunningFakeQmpServer server = FakeQmpServer.guestAgent().startUnix();
                RunningFakeQmpServer monitor = FakeQmpServer.create().startUnix()) {
            QgaSession session = Objects.requireNonNull(
                    QgaClient.create().address(server.address()).connect().block(PATIENCE));
            String message = assertThrows(IllegalArgumentException.class, () -> QmpCommands.of(session, Disks.class))
                    .getMessage();
            assertTrue(message.contains("ping: it is oob"), message);
            assertTrue(message.contains("set: it passes a descriptor"), message);
            session.disconnect().block(PATIENCE);
            QmpClient.create()
                    .address(monitor.address())
                    .use(qmp -> {
                        assertThrows(IllegalArgumentException.class, () -> QmpCommands.of(qmp, AgentCommands.class));
                        return Mono.empty();
                    })
                    .block(PATIENCE);
        }
    }

    @Test
    @Qemu(binary = QemuBinary.GUEST_AGENT)
    @DisplayName("A real agent tells its commands")
    void info(QgaSession session) {
        AgentInfo info = Objects.requireNonNull(
                QmpCommands.of(session, AgentCommands.class).info().block(PATIENCE));
        assertTrue(info.supportedCommands().contains(new AgentCommand("guest-shutdown", false)), info::toString);
        assertTrue(info.supportedCommands().contains(new AgentCommand("guest-info", true)), info::toString);
    }
}
