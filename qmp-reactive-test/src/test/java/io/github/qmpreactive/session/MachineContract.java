package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.HeldTimers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a machine that waits for {@code cont} says to a session, at the fake and at QEMU alike. A behaviour that the fake and
 * QEMU disagree about is a bug in the fake.
 */
interface MachineContract extends ClientContract {

    /** A path that needs every kind of escape. */
    String STRANGE_PATH = "/no/such \"\\\u0007\u00e4\u4e2d\uD83D\uDE00";

    /** What a client lacks while another one is connected. */
    default Reason waitsFor() {
        return Reason.NO_GREETING;
    }

    private QmpSession session() {
        return await(open(client()));
    }

    @Test
    @DisplayName("C28 query-status tells that the machine waits")
    default void queryStatus() {
        QmpSession session = session();
        var status = await(session.execute("query-status"));
        assertTrue(status.path("running").isBoolean());
        assertEquals("prelaunch", status.path("status").stringValue());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C29 a command that does not exist is CommandNotFound, in the same words")
    default void commandNotFound() {
        QmpSession session = session();
        ExecuteError error = assertThrows(ExecuteError.class, () -> await(session.execute("nonsense")));
        assertEquals("CommandNotFound", error.errorClass());
        assertEquals("The command nonsense has not been found", error.description());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C11 C15 a second qmp_capabilities is CommandNotFound")
    default void negotiatesOnce() {
        QmpSession session = session();
        ExecuteError error = assertThrows(ExecuteError.class, () -> await(session.execute("qmp_capabilities")));
        assertEquals("CommandNotFound", error.errorClass());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C36 cont and stop send RESUME and STOP before they are answered")
    default void eventsBeforeReplies() {
        QmpSession session = session();
        List<String> seen = new CopyOnWriteArrayList<>();
        collect(session.events("RESUME", "STOP"), e -> seen.add(e.name()));
        await(session.execute("cont"));
        assertEquals(List.of("RESUME"), seen);
        QmpEvent stopped = await(session.executeAndAwait("stop", "STOP"));
        assertTrue(stopped.timestamp().isPresent());
        assertEquals(List.of("RESUME", "STOP"), seen);
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C19 C20 C31 a message that is no proper command earns an error reply of its own")
    default void improperCommands() {
        List<String> messages = List.of(
                "{\"execute\": \"query-name\", \"extra\": 1}",
                "{\"execute\": \"query-name\", \"arguments\": [1]}",
                "{\"execute\": \"query-name\", \"arguments\": {\"extra\": 1}}",
                "{\"execute\": 5}",
                "{\"arguments\": {}}");
        QmpSession session = session();
        for (String message : messages) {
            ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(message);
            ObjectNode reply = await(session.raw(json, IdPolicy.ASSIGN));
            assertEquals("GenericError", reply.path("error").path("class").stringValue(), message);
        }
        await(session.execute("query-status"));
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C26 a command that must not run out of band says so, in the same words")
    default void oobNotAllowed() {
        QmpSession session = session();
        StepVerifier.create(session.execute(QmpCommand.of("query-status").oob()))
                .verifyErrorSatisfies(e -> assertEquals(
                        "The command query-status does not support OOB",
                        assertInstanceOf(ExecuteError.class, e).description()));
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C18 one client at a time: a second one is not greeted, and is served when the first has gone")
    default void oneClient() {
        assumeTrue(isDialled(), "A server that dials in has one client");
        QmpSession first = session();
        Duration connecting = Duration.ofMinutes(1);
        Duration handshake = Duration.ofMinutes(2);
        QmpClient impatient = client().connectTimeout(connecting).handshakeTimeout(handshake);
        try (HeldTimers timers = new HeldTimers()) {
            StepVerifier.create(impatient.connect())
                    .then(() -> timers.runOut(waitsFor() == Reason.CONNECT_TIMEOUT ? connecting : handshake))
                    .verifyErrorSatisfies(e -> assertEquals(
                            waitsFor(), assertInstanceOf(ConnectError.class, e).reason()));
        }
        finish(first.disconnect());
        var status = client().withSession(s -> s.execute("query-status")).blockLast(PATIENCE);
        assertTrue(status != null);
    }

    @Test
    @DisplayName("C33 quit() ends the machine: SHUTDOWN, then completion everywhere")
    default void shutdown() throws Exception {
        QmpSession session = session();
        var events = session.events().map(QmpEvent::name).collectList().toFuture();
        finish(session.quit());
        assertEquals(List.of("SHUTDOWN"), Clients.joined(events));
        finish(session.onDisconnect());
        assertEquals(SessionState.DISCONNECTED, session.state());
    }

    @Test
    @DisplayName("C4 arguments arrive as they were sent, whatever the script they are written in")
    default void arguments() {
        QmpSession session = session();
        ExecuteError error = assertThrows(
                ExecuteError.class, () -> await(session.execute("qom-list", Map.of("path", STRANGE_PATH))));
        assertEquals("DeviceNotFound", error.errorClass());
        assertEquals("Device '" + STRANGE_PATH + "' not found", error.description());
        finish(session.disconnect());
    }
}
