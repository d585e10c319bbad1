package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("hmp: lines of the human monitor")
class HmpTest {

    @Test
    @DisplayName("The line is sent as it is, once for each subscription, and what it prints is emitted")
    void text() {
        try (RunningFakeQmpServer server = machine()
                .when("human-monitor-command")
                .reply("\"VM status: running\\r\\n\"", "\"\"")
                .startTcp()) {
            QmpSession session = connect(server);
            Mono<String> status = session.hmp("info status");
            assertEquals(0, server.received("human-monitor-command").size());
            StepVerifier.create(status).expectNext("VM status: running\r\n").verifyComplete();
            StepVerifier.create(status).expectNext("").verifyComplete();
            assertEquals(
                    "{\"command-line\":\"info status\"}",
                    server.received("human-monitor-command").get(1).arguments().toString());
        }
    }

    @Test
    @DisplayName("A server without HMP: ExecuteError; a reply that is no text: ResultTypeError")
    void errors() {
        try (RunningFakeQmpServer server =
                machine().when("human-monitor-command").commandNotFound().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.hmp("info status")).verifyError(ExecuteError.class);
        }
        try (RunningFakeQmpServer server =
                machine().when("human-monitor-command").reply("{}").startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.hmp("info status")).verifyError(ResultTypeError.class);
        }
    }

    @Test
    @Qemu
    @DisplayName("Real QEMU returns text for a line that failed as for one that worked")
    void real(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create().address(qemu.address()).connect());
        assertTrue(await(session.hmp("info status")).startsWith("VM status: "));
        assertEquals("unknown command: 'no-such-line'\r\n", await(session.hmp("no-such-line")));
        Clients.finish(session.disconnect());
    }
}
