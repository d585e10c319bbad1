package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Agents.connect;
import static io.github.qmpreactive.session.Clients.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("The size of a guest agent's messages")
class AgentMessageSizeTest {

    @Test
    @DisplayName("C8 by default the result of guest-exec is taken with 16 MiB of each stream, in base64")
    void guestExec() {
        // 16 MiB in base64 are 22,369,624 characters.
        String stream = "eA==".repeat(22_369_624 / 4);
        try (RunningFakeQmpServer server = agent().when("guest-exec-status")
                .reply("{\"exited\": true, \"out-data\": \"" + stream + "\", \"err-data\": \"" + stream + "\"}")
                .startUnix()) {
            QgaSession session = connect(server);
            assertEquals(
                    stream.length(),
                    await(session.execute("guest-exec-status"))
                            .path("err-data")
                            .stringValue()
                            .length());
            await(session.execute("guest-ping"));
        }
    }
}
