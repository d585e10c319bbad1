package io.github.qmpreactive.test.verify;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.verify.DataMatcher.data;
import static io.github.qmpreactive.test.verify.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("A session at the fake, verified")
class VerifiedSessionTest {

    private final RunningFakeQmpServer qemu = FakeQmpServer.create()
            .when("no-such")
            .commandNotFound()
            .when("query-status")
            .reply("{\"status\": \"running\", \"running\": true}")
            .when("stop")
            .answer(Answer.reply("{}").eventBefore("STOP"))
            .when("device_del")
            .answer(Answer.reply("{}").eventAfter("DEVICE_DELETED", "{\"device\": \"tablet0\"}"))
            .when("eject")
            .error("GenericError", "Device 'cd' is locked")
            .when("migrate")
            .silent()
            .startUnix();

    private final QmpSession session = Objects.requireNonNull(
            QmpClient.create().address(qemu.address()).name("vm").connect().block(PATIENCE));

    private final FakeConnection connection = qemu.awaitConnection();

    @AfterEach
    void end() {
        session.disconnect().block(PATIENCE);
        qemu.close();
    }

    @Test
    @DisplayName("Commands are executed in their turn, and their events verified")
    void execute() {
        QmpVerifier.create(session.events())
                .thenExecute(session, "stop")
                .expectEvent("STOP")
                .thenExecute(session, QmpCommand.of("device_del").arguments(Map.of("id", "tablet0")))
                .expectEvent("DEVICE_DELETED", data("/device", "tablet0"))
                .then(session.disconnect())
                .expectComplete()
                .verify();
        assertEquals(1, qemu.received("stop").size());
    }

    @Test
    @DisplayName("A command that fails fails the verification that waits for its event")
    void executeFails() {
        assertFails(
                QmpVerifier.create(session.events())
                        .thenExecute(session, "stop")
                        .expectEvent("STOP")
                        .thenExecute(session, "eject")
                        .expectEvent("DEVICE_TRAY_MOVED")
                        .thenCancel(),
                "Expected the success of eject, but received the error ExecuteError of class GenericError:"
                        + " Device 'cd' is locked",
                "received before:\n    event STOP: {");
    }

    @Test
    @DisplayName("A command that fails when all events have come fails the verification, too")
    void executeFailsLate() {
        assertFails(
                QmpVerifier.create(session.events())
                        .thenExecute(session, "eject")
                        .thenCancel(),
                "Expected the success of");
    }

    @Test
    @DisplayName("A command that is not answered is waited for at the end, and then cancelled")
    void executeSilent() {
        QmpVerifier verifier = QmpVerifier.create(session.events())
                .thenExecute(session, "migrate")
                .thenCancel();
        AssertionError error = assertThrows(AssertionError.class, () -> verifier.verify(Duration.ofMillis(200)));
        Failures.assertSays(error, "Timed out: there is no answer to call 1, migrate");
    }

    @Test
    @DisplayName("A lost connection ends the events and interrupts the command")
    void lost() {
        QmpVerifier.create(session.execute("migrate"))
                .then(() -> {
                    connection.awaitCommand("migrate");
                    connection.close();
                })
                .expectInterrupted()
                .withCause(ConnectionLostError.class)
                .verify();
        QmpVerifier.create(session.events()).expectLost().verify();
    }

    @Test
    @DisplayName("Replies and errors are verified")
    void replies() {
        QmpVerifier.create(session.execute("query-status"))
                .expectReply("{\"status\": \"running\", \"running\": true}")
                .verify();
        QmpVerifier.create(session.execute("eject"))
                .expectExecuteError("GenericError")
                .withDescriptionContaining("locked")
                .verify();
        QmpVerifier.create(session.execute("no-such"))
                .expectExecuteError("CommandNotFound")
                .verify();
        assertFails(
                QmpVerifier.create(session.execute("query-status")).expectReplyAt("/status", "paused"),
                "/status: expected \"paused\", but was \"running\"");
    }

    @Test
    @DisplayName("Events that do not come are told with those that did, and the subscription is over")
    void timeout() {
        QmpVerifier verifier = QmpVerifier.create(session.events())
                .thenExecute(session, "stop")
                .expectEvent("STOP")
                .expectEvent("RESUME")
                .thenCancel();
        AssertionError error = assertThrows(AssertionError.class, () -> verifier.verify(Duration.ofSeconds(3)));
        Failures.assertSays(
                error,
                "Timed out after PT3S: expected event RESUME, but received nothing more",
                "step 3 of 3; received before:\n    event STOP: {");
    }
}
