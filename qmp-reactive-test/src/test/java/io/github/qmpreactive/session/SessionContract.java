package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.IdPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a session does with a machine that waits for {@code cont}, whoever plays the machine. A behaviour that the fake
 * and QEMU disagree about is a bug in the fake.
 */
interface SessionContract {

    /** A path that needs every kind of escape. */
    String STRANGE_PATH = "/no/such \"\\\u0007\u00e4\u4e2d\uD83D\uDE00";

    /** A client of a machine that nobody else is connected to. */
    QmpClient client();

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    @Test
    @DisplayName("C9 C12 the machine greets with its version, and oob is enabled")
    default void greeting() {
        QmpSession session = await(client().connect());
        assertTrue(session.greeting().orElseThrow().version().isAtLeast(2, 12));
        assertEquals(Set.of("oob"), session.capabilities());
        assertEquals(SessionState.RUNNING, session.state());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C28 query-status tells that the machine waits")
    default void queryStatus() {
        var status = client().withSession(s -> s.execute("query-status")).blockLast(PATIENCE);
        assertTrue(status != null && status.path("running").isBoolean());
        assertEquals("prelaunch", status.path("status").stringValue());
    }

    @Test
    @DisplayName("C29 a command that does not exist is CommandNotFound, in the same words")
    default void commandNotFound() {
        ExecuteError error = assertThrows(ExecuteError.class, () -> client().withSession(s -> s.execute("nonsense"))
                .blockLast(PATIENCE));
        assertEquals("CommandNotFound", error.errorClass());
        assertEquals("The command nonsense has not been found", error.description());
    }

    @Test
    @DisplayName("C11 C15 a second qmp_capabilities is CommandNotFound")
    default void negotiatesOnce() {
        ExecuteError error =
                assertThrows(ExecuteError.class, () -> client().withSession(s -> s.execute("qmp_capabilities"))
                        .blockLast(PATIENCE));
        assertEquals("CommandNotFound", error.errorClass());
    }

    @Test
    @DisplayName("C36 C41 cont and stop send RESUME and STOP before they are answered")
    default void eventsBeforeReplies() {
        QmpSession session = await(client().connect());
        List<String> seen = new CopyOnWriteArrayList<>();
        collect(session.events("RESUME", "STOP"), e -> seen.add(e.name()));
        await(session.execute("cont"));
        assertEquals(List.of("RESUME"), seen);
        await(session.execute("stop"));
        assertEquals(List.of("RESUME", "STOP"), seen);
        finish(session.disconnect());
    }

    @Test
    @DisplayName("P9 executeAndAwait does not miss the event that comes before the reply, 50 times")
    default void executeAndAwait() {
        QmpSession session = await(client().connect());
        for (int i = 0; i < 50; i++) {
            QmpEvent resumed = await(session.executeAndAwait(QmpCommand.of("cont"), QmpEvent.named("RESUME")));
            assertTrue(resumed.timestamp().isPresent());
            await(session.executeAndAwait(QmpCommand.of("stop"), QmpEvent.named("STOP")));
        }
        finish(session.disconnect());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"text\"",
                "0",
                "-9223372036854775808",
                "18446744073709551615",
                "true",
                "null",
                "[]",
                "[1, [\"\u00e4\"], null]",
                "{\"b\": 1, \"a\": [false]}"
            })
    @DisplayName("C21 an id of any type comes back equal in value")
    default void ids(String id) {
        ObjectNode message = json("{\"execute\": \"query-name\", \"id\": " + id + "}");
        var reply = client().withSession(s -> s.raw(message, IdPolicy.KEEP)).blockLast(PATIENCE);
        assertEquals(JsonMapper.shared().readTree(id), reply == null ? null : reply.get("id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"execute\": \"query-name\", \"extra\": 1}",
                "{\"execute\": \"query-name\", \"arguments\": [1]}",
                "{\"execute\": \"query-name\", \"arguments\": {\"extra\": 1}}",
                "{\"execute\": 5}",
                "{\"arguments\": {}}"
            })
    @DisplayName("C19 C20 C31 a message that is no proper command earns an error reply of its own")
    default void improperCommands(String message) {
        QmpSession session = await(client().connect());
        ObjectNode reply = await(session.raw(json(message), IdPolicy.ASSIGN));
        assertEquals("GenericError", reply.path("error").path("class").stringValue());
        await(session.execute("query-status"));
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C26 a command that must not run out of band says so, and the session goes on")
    default void oobNotAllowed() {
        QmpSession session = await(client().connect());
        StepVerifier.create(session.execute(QmpCommand.of("query-status").oob()))
                .verifyErrorSatisfies(e -> assertEquals(
                        "The command query-status does not support OOB",
                        assertInstanceOf(ExecuteError.class, e).description()));
        await(session.execute("query-status"));
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C23 C25 500 commands at once are all answered, through the window")
    default void manyCommands() {
        QmpSession session = await(client().connect());
        Long answered = Flux.range(0, 500)
                .flatMap(n -> session.execute("query-status"), 500)
                .count()
                .block(PATIENCE);
        assertEquals(500, answered);
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C18 one client at a time: a second one is not greeted, and is served when the first has gone")
    default void oneClient() {
        QmpSession first = await(client().connect());
        StepVerifier.create(client().handshakeTimeout(Duration.ofMillis(200)).connect())
                .verifyErrorSatisfies(e -> assertEquals(
                        Reason.NO_GREETING,
                        assertInstanceOf(ConnectError.class, e).reason()));
        finish(first.disconnect());
        var status = client().withSession(s -> s.execute("query-status")).blockLast(PATIENCE);
        assertTrue(status != null);
    }

    @Test
    @DisplayName("C33 quit() ends the machine, and that is an orderly end: SHUTDOWN, then completion everywhere")
    default void quit() {
        QmpSession session = await(client().connect());
        var events = session.events().map(QmpEvent::name).collectList().toFuture();
        finish(session.quit());
        assertEquals(List.of("SHUTDOWN"), events.join());
        finish(session.onDisconnect());
        assertEquals(SessionState.DISCONNECTED, session.state());
    }

    @Test
    @DisplayName("C4 arguments arrive as they were sent, whatever the script they are written in")
    default void arguments() {
        QmpSession session = await(client().connect());
        ExecuteError error = assertThrows(
                ExecuteError.class, () -> await(session.execute("qom-list", Map.of("path", STRANGE_PATH))));
        assertEquals("DeviceNotFound", error.errorClass());
        assertEquals("Device '" + STRANGE_PATH + "' not found", error.description());
        finish(session.disconnect());
    }
}
