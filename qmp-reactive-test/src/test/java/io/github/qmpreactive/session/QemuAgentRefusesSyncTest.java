package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.client;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("The real guest agent that is told to refuse guest-sync-delimited")
class QemuAgentRefusesSyncTest {

    @Test
    @Qemu(
            binary = QemuBinary.GUEST_AGENT,
            args = {"-b", "guest-sync-delimited"})
    @DisplayName("C49 SYNC_REFUSED, in the agent's words")
    void refused(QemuProcess agent) {
        ConnectError error = assertThrows(ConnectError.class, () -> client(agent)
                .handshakeTimeout(Duration.ofSeconds(5))
                .connect()
                .block(Clients.PATIENCE));
        assertEquals(Reason.SYNC_REFUSED, error.reason(), error::getMessage);
        assertTrue(error.getMessage().contains("is: CommandNotFound: "), error::getMessage);
    }
}
