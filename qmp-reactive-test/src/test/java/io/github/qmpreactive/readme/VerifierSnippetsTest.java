package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.verify.DataMatcher.data;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.verify.QmpVerifier;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("README: the steps of QmpVerifier do what they say")
@ExtendWith(LeakGuard.class)
class VerifierSnippetsTest {

    @Test
    @DisplayName("verifier verifies events, replies, errors and the end")
    void verifier() {
        FakeQmpServer machine = FakeQmpServer.create()
                .when("device_del")
                .withArguments("{\"id\": \"tablet0\"}")
                .answer(Answer.reply("{}").eventAfter("DEVICE_DELETED", "{\"device\": \"tablet0\"}"))
                .when("query-status")
                .reply("{\"status\": \"paused\"}")
                .when("eject")
                .error("GenericError", "Device 'cd' is locked")
                .when("migrate")
                .silent();
        try (RunningFakeQmpServer server = machine.startUnix()) {
            QmpSession session = Objects.requireNonNull(
                    QmpClient.create().address(server.address()).connect().block(PATIENCE));
            FakeConnection qemu = server.awaitConnection();
            // snippet: verifier
            QmpVerifier.create(session.events())
                    .thenExecute(session, QmpCommand.of("device_del").arguments(Map.of("id", "tablet0")))
                    .skipUntilEvent("DEVICE_DELETED", data("/device", "tablet0"))
                    .expectNoEvent(Duration.ofMillis(100))
                    .thenCancel()
                    .verify(); // 10 s at most

            QmpVerifier.create(session.execute("query-status"))
                    .expectReplyAt("/status", "paused")
                    .verify();

            QmpVerifier.create(session.execute("eject"))
                    .expectExecuteError("GenericError")
                    .withDescriptionContaining("is locked")
                    .verify();

            QmpVerifier.create(session.execute("migrate", Map.of("uri", "tcp:host:4444")))
                    .then(() -> qemu.awaitCommand("migrate"))
                    .then(qemu::close)
                    .expectInterrupted()
                    .withCause(ConnectionLostError.class)
                    .verify();
            // end
        }
    }
}
