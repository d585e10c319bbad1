package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Qemu(binary = QemuBinary.GUEST_AGENT)
@DisplayName("The guest agent, real and fake,")
class GuestAgentTest {

    private static final String LAST =
            "\n{\"execute\": \"guest-sync\", \"arguments\": {\"id\": 4711}, \"id\": \"last\"}";

    /** One character stands for one byte. */
    private static List<String> answers(String address, String input) throws IOException {
        try (RawClient client = RawClient.connect(address)) {
            client.send((input + LAST).getBytes(StandardCharsets.ISO_8859_1));
            return client.until(text -> text.contains("4711") && text.endsWith("\n"))
                    .lines()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"execute\": \"guest-ping\"}",
                "{\"execute\": \"guest-ping\", \"id\": {\"a\": 1}}",
                "\u00ff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 9223372036854775807}}",
                "{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 5}, \"id\": \"x\"}",
                "{\"execute\": \"guest-pi\u00ff{\"execute\": \"guest-ping\"}",
                "{\"execute\": \"nonsense\", \"id\": 1}",
                "{\"exec-oob\": \"guest-ping\", \"id\": 1}",
                "\u00ff\u00ff"
            })
    @DisplayName("say the same")
    void same(String input) throws IOException {
        try (QemuProcess real = QemuLauncher.of(QemuBinary.GUEST_AGENT).start();
                RunningFakeQmpServer fake = FakeQmpServer.guestAgent()
                        .withProfile(QemuWords.nearest(QemuBinary.GUEST_AGENT))
                        .when("nonsense")
                        .commandNotFound()
                        .startUnix()) {
            assertEquals(
                    QemuWords.of(QemuBinary.GUEST_AGENT, answers(real.address(), input)),
                    QemuWords.of(QemuBinary.GUEST_AGENT, answers(fake.address(), input)));
        }
    }

    @Test
    @DisplayName("the real one refuses what would change this computer, and leaves nothing behind")
    void refuses(QemuProcess agent) throws IOException {
        for (String command : List.of("guest-suspend-ram", "guest-fsfreeze-freeze", "guest-exec")) {
            assertTrue(agent.command().get(agent.command().size() - 1).contains(command));
        }
        assertFalse(answers(agent.address(), "{\"execute\": \"guest-info\"}")
                .get(0)
                .contains("{\"enabled\": true, \"name\": \"guest-shutdown\""));
        QemuProcess other =
                QemuLauncher.of(QemuBinary.GUEST_AGENT).withArgs("-v").start();
        other.close();
        assertFalse(Files.exists(other.folder()));
        assertFalse(other.isAlive());
    }

    @Test
    @DisplayName("the real one fails with what it printed if it does not start, and has no monitors")
    void startFails() {
        QemuLauncher agent = QemuLauncher.of(QemuBinary.GUEST_AGENT);
        IllegalStateException error = assertThrows(IllegalStateException.class, agent.withArgs("--nonsense")::start);
        assertTrue(error.getMessage().contains("ended and printed: "), error.getMessage());
        assertThrows(IllegalStateException.class, agent.withTcp()::start);
        assertThrows(IllegalStateException.class, agent.withMonitors(2)::start);
    }
}
