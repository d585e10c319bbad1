package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("probe: a server that has become silent")
class ProbeTest {

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final String SHUTDOWN =
            "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"SHUTDOWN\"}\r\n";

    private static final String GREETING = Dialer.GREETING.replace("[]", "[\"oob\"]");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private final EmbeddedConnection server = new EmbeddedConnection();

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
        server.channel.finishAndReleaseAll();
    }

    private QmpSession session(QmpClient client) {
        return server.session(client.name("vm"), GREETING);
    }

    private QmpSession probed() {
        return session(QmpClient.create().probe(IDLE));
    }

    private void pass(Duration duration) {
        time.advanceTimeBy(duration);
        server.channel.runPendingTasks();
    }

    private static String question(String own, int number) {
        return "{\"exec-oob\":\"query-yank\",\"id\":\"" + own + number + "\"}\n";
    }

    private static How lost(QmpSession session) {
        CompletionException end = assertThrows(
                CompletionException.class,
                () -> joined(session.onDisconnect().thenReturn(true).toFuture()));
        return assertInstanceOf(ConnectionLostError.class, end.getCause()).how();
    }

    @Test
    @DisplayName("is asked once, out of band, and ends the session as SILENT if it stays silent for as long again")
    void silent() {
        QmpSession session = probed();
        var pending = session.execute("query-status").toFuture();
        server.sent();
        pass(IDLE.minus(MOMENT));
        assertEquals("", server.sent());
        pass(MOMENT);
        assertEquals(question(server.own, 2), server.sent());
        pass(IDLE.minus(MOMENT));
        assertEquals("", server.sent());
        assertEquals(SessionState.RUNNING, session.state());
        pass(MOMENT);
        assertEquals(How.SILENT, lost(session));
        CompletionException failure = assertThrows(CompletionException.class, () -> joined(pending));
        ExecInterruptedError interrupted = assertInstanceOf(ExecInterruptedError.class, failure.getCause());
        assertEquals(
                "[vm] Nothing was received for 60000 ms, and query-yank was not answered within 30000 ms (probe); is QEMU"
                        + " stopped or busy, or its host gone?",
                interrupted.getCause().getMessage());
    }

    @Test
    @DisplayName("that answers is asked again and again, with a success or an error, and the session goes on")
    void answered() {
        for (Duration latency : List.of(Duration.ZERO, MOMENT, IDLE.minus(MOMENT))) {
            EmbeddedConnection one = new EmbeddedConnection();
            QmpSession session = one.session(QmpClient.create().probe(IDLE).name("vm"), GREETING);
            for (int n = 1; n <= 9; n++) {
                time.advanceTimeBy(IDLE);
                assertEquals(question(one.own, n), one.sent(), () -> "answers take " + latency);
                time.advanceTimeBy(latency);
                one.receive(
                        n % 2 == 0
                                ? "{\"return\": [], \"id\": \"" + one.own + n + "\"}\r\n"
                                : "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"x\"}, \"id\": \"" + one.own
                                        + n + "\"}\r\n");
            }
            assertEquals(SessionState.RUNNING, session.state());
            one.channel.finishAndReleaseAll();
        }
    }

    @Test
    @DisplayName(
            "whose commands wait in a full queue: it is asked all the same, and once only while it does not answer")
    void fullQueue() {
        QmpSession session =
                session(QmpClient.create().probe(IDLE).maxInFlight(1).maxQueued(0));
        var pending = session.execute("query-status").toFuture();
        server.sent();
        var oob = session.execute(QmpCommand.of("yank").oob()).toFuture();
        server.sent();
        pass(IDLE);
        assertEquals(question(server.own, 3), server.sent());
        server.receive("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}\r\n");
        pass(IDLE);
        assertEquals("", server.sent());
        assertEquals(SessionState.RUNNING, session.state());
        pass(IDLE);
        assertEquals(How.SILENT, lost(session));
        assertThrows(CompletionException.class, () -> joined(pending));
        assertThrows(CompletionException.class, () -> joined(oob));
    }

    @Test
    @DisplayName("that sends events but no answers is asked once: commandTimeout is for commands of the caller's alone")
    void eventsAlone() {
        QmpSession session = session(QmpClient.create().probe(IDLE).commandTimeout(Duration.ofSeconds(10)));
        pass(IDLE);
        assertEquals(question(server.own, 1), server.sent());
        for (int n = 0; n < 9; n++) {
            pass(IDLE.dividedBy(2));
            server.receive("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}\r\n");
            pass(IDLE);
            assertEquals("", server.sent());
            server.receive("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}\r\n");
        }
        assertEquals(SessionState.RUNNING, session.state());
    }

    @Test
    @DisplayName("is not asked while anything comes in: events, or the parts of a reply that takes its time")
    void signsOfLife() {
        QmpSession session = probed();
        String event = "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}\r\n";
        for (char character : event.toCharArray()) {
            pass(IDLE.minus(MOMENT));
            assertEquals("", server.sent());
            server.receive(String.valueOf(character));
        }
        assertEquals(SessionState.RUNNING, session.state());
    }

    @Test
    @DisplayName("and has no out of band: is asked in band, with a place in the window like any command")
    void inBand() {
        QmpSession session =
                session(QmpClient.create().probe(IDLE).oob(OobMode.OFF).maxInFlight(1));
        pass(IDLE);
        assertEquals("{\"execute\":\"query-version\",\"id\":\"" + server.own + "1\"}\n", server.sent());
        server.receive("{\"return\": {}, \"id\": \"" + server.own + "1\"}\r\n");
        var pending = session.execute("query-status").toFuture();
        assertEquals("{\"execute\":\"query-status\",\"id\":\"" + server.own + "2\"}\n", server.sent());
        pass(IDLE.minus(MOMENT));
        assertEquals("", server.sent());
        pass(MOMENT);
        assertEquals(SessionState.RUNNING, session.state());
        assertEquals("", server.sent());
        pass(IDLE);
        CompletionException failure = assertThrows(CompletionException.class, () -> joined(pending));
        assertTrue(
                failure.getCause()
                        .getMessage()
                        .contains(
                                "Nothing was received for 60000 ms, while query-version waited to be sent for 30000 ms"),
                failure::toString);
        assertEquals(How.SILENT, lost(session));
    }

    @Test
    @DisplayName("behind a SHUTDOWN event, as one whose storage hangs: that is no orderly end, since it has not gone")
    void hangsWhileItEnds() {
        QmpSession session = probed();
        server.receive(SHUTDOWN);
        var quit = session.quit().toFuture();
        server.sent();
        pass(IDLE);
        server.sent();
        pass(IDLE);
        assertEquals(How.SILENT, lost(session));
        assertThrows(CompletionException.class, () -> joined(quit.thenApply(nothing -> true)));
    }

    @Test
    @DisplayName("is not asked by default, nor once the session has ended")
    void off() {
        QmpSession session = session(QmpClient.create());
        pass(Duration.ofDays(30));
        assertEquals("", server.sent());
        var end = session.disconnect().toFuture();
        server.channel.runPendingTasks();
        finish(Mono.fromFuture(end));
        EmbeddedConnection other = new EmbeddedConnection();
        QmpSession ended = other.session(QmpClient.create().probe(IDLE).name("vm"));
        var closed = ended.disconnect().toFuture();
        other.channel.runPendingTasks();
        finish(Mono.fromFuture(closed));
        pass(Duration.ofDays(30));
        assertEquals("", other.sent());
    }

    @Test
    @DisplayName("The limit is more than zero; one longer than any timer is as good as none")
    void limits() {
        QmpClient client = QmpClient.create();
        assertThrows(IllegalArgumentException.class, () -> client.probe(Duration.ZERO));
        QmpSession session = session(client.probe(ChronoUnit.FOREVER.getDuration()));
        pass(Duration.ofDays(3650));
        assertEquals(SessionState.RUNNING, session.state());
        StepVerifier.create(session.states().take(1))
                .expectNext(SessionState.RUNNING)
                .verifyComplete();
    }
}
