package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("executeAndListen")
class ExecuteAndListenTest {

    private static final QmpCommand MIGRATE = QmpCommand.of("migrate");

    private static Flux<String> names(Flux<QmpEvent> events) {
        return events.map(QmpEvent::name);
    }

    @Test
    @DisplayName("P9 emits events that come before the reply and after it, early events excluded")
    void events() {
        try (RunningFakeQmpServer server = machine()
                .when("migrate")
                .answer(Answer.reply("{}").eventBefore("SETUP").eventAfter("ACTIVE"))
                .startUnix()) {
            QmpSession session = connect(server);
            server.awaitConnection().emit("EARLY");
            await(session.execute("query-status"));
            StepVerifier.create(names(session.executeAndListen(MIGRATE, EventOptions.all())))
                    .expectNext("SETUP", "ACTIVE")
                    .then(() -> server.awaitConnection().emit("COMPLETED"))
                    .expectNext("COMPLETED")
                    .then(() -> session.disconnect().subscribe())
                    .verifyComplete();
            assertEquals(1, server.awaitConnection().received("migrate").size());
        }
    }

    @Test
    @DisplayName("Errors with the command's error, behind the events that came before it; the session goes on")
    void refused() {
        try (RunningFakeQmpServer server = machine()
                .when("migrate")
                .answer(Answer.error("GenericError", "no").eventBefore("SETUP"))
                .startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(names(session.executeAndListen(MIGRATE, EventOptions.all())), 0)
                    .thenRequest(1)
                    .expectNext("SETUP")
                    .verifyError(ExecuteError.class);
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("Filters and buffers as the options say; an overflow ends it with an error")
    void options() {
        try (RunningFakeQmpServer server = machine()
                .when("migrate")
                .answer(Answer.reply("{}").eventAfter("A").eventAfter("B").eventAfter("B"))
                .startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(
                            names(session.executeAndListen(
                                    MIGRATE, EventOptions.named("B").bufferSize(1))),
                            0)
                    .then(() -> server.awaitConnection().awaitCommand("migrate"))
                    .then(() -> await(session.execute("query-status")))
                    .thenRequest(1)
                    .expectNext("B")
                    .verifyError(EventOverflowError.class);
        }
    }

    @Test
    @DisplayName("Sends nothing, and errors, if the session has ended; never completes without the command's success")
    void ended() {
        try (RunningFakeQmpServer server = machine().when("migrate").silent().startUnix()) {
            QmpSession session = connect(server);
            var pending = session.executeAndListen(MIGRATE, EventOptions.all());
            StepVerifier.create(pending)
                    .then(() -> server.awaitConnection().awaitCommand("migrate"))
                    .then(() -> session.disconnect().subscribe())
                    .verifyError(ExecInterruptedError.class);
            finish(session.disconnect());
            StepVerifier.create(pending).verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("Errors with the end of the session once the command has succeeded")
    void lost() {
        try (RunningFakeQmpServer server = machine()
                .when("migrate")
                .answer(Answer.reply("{}").eventAfter("ACTIVE"))
                .startUnix()) {
            StepVerifier.create(names(connect(server).executeAndListen(MIGRATE, EventOptions.all())))
                    .expectNext("ACTIVE")
                    .then(() -> server.awaitConnection().close())
                    .verifyError(ConnectionLostError.class);
        }
    }

    @Test
    @DisplayName("commandTimeout limits the reply, not the events")
    void timeout() {
        try (RunningFakeQmpServer server = machine().when("migrate").silent().startUnix()) {
            QmpSession session = connect(client(server).commandTimeout(Duration.ofMillis(50)));
            StepVerifier.create(session.executeAndListen(MIGRATE, EventOptions.all()))
                    .verifyError(ExecTimeoutError.class);
        }
    }

    @Test
    @DisplayName("Cancelled before its turn, the command is never sent; cancelled after, the session goes on")
    void cancelled() {
        try (RunningFakeQmpServer server =
                machine().when("slow").silent().when("migrate").silent().startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute("slow").toFuture();
            var waiting = session.executeAndListen(MIGRATE, EventOptions.all()).subscribe();
            var command = connection.awaitCommand("slow");
            waiting.dispose();
            connection.reply(command, "{}");
            joined(slow);
            await(session.execute("query-status"));
            assertEquals(List.of(), connection.received("migrate"));
        }
    }
}
