package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The handshake")
class HandshakeTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    @DisplayName("C9 the greeting is handed out as data")
    void greeting() {
        try (RunningFakeQmpServer server = machine()
                .withProfile(QemuProfile.nearest(new QemuVersion(9, 1, 50, "v9.1")))
                .startUnix()) {
            QmpSession session = connect(server);
            var greeting = session.greeting().orElseThrow();
            assertEquals(new QemuVersion(9, 1, 50, "v9.1"), greeting.version());
            assertEquals(List.of("oob"), greeting.capabilities());
            assertTrue(greeting.raw().has("QMP"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("C9 P17 a greeting that lacks something is a GreetingError with the message, and the socket is closed")
    @CsvSource(
            delimiter = '|',
            value = {
                "{'QMP': {}} | capabilities",
                "{'QMP': {'capabilities': []}} | package",
                "{'QMP': {'capabilities': [], 'version': {'package': '', 'qemu': {'major': 7, 'minor': 2}}}} | micro",
                "{'QMP': 5} | capabilities",
                "{'returned': {}, 'id': 1} | not the greeting",
            },
            quoteCharacter = '~')
    void badGreeting(String greeting, String why) {
        String text = greeting.replace('\'', '"');
        try (RunningFakeQmpServer server = machine().withGreeting(text).startTcp()) {
            GreetingError error = assertThrows(GreetingError.class, () -> connect(server));
            assertTrue(String.valueOf(error.getMessage()).startsWith("[vm] "), error::getMessage);
            assertTrue(String.valueOf(error.getMessage()).contains(why), error::getMessage);
            assertEquals(text.replace(" ", ""), String.valueOf(error.received()).replace(" ", ""));
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("C10 what is not known in a greeting is ignored, capabilities that are no strings too")
    void unknownInGreeting() {
        String greeting = """
                {"x": 1, "QMP": {"capabilities": [5, "oob", {"a": 1}, "warp"], "y": [],
                 "version": {"z": 0, "package": "", "qemu": {"w": 1, "micro": 0, "minor": 2, "major": 7}}}}""";
        try (RunningFakeQmpServer server = machine().withGreeting(greeting).startTcp()) {
            QmpSession session = connect(server);
            assertEquals(
                    List.of("oob", "warp"), session.greeting().orElseThrow().capabilities());
            assertEquals(Set.of("oob"), session.capabilities());
        }
    }

    @Test
    @DisplayName("C11 C15 C22 qmp_capabilities is the first message, is sent once, and has an id")
    void negotiatesFirst() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            await(session.execute("query-status"));
            var received = server.received();
            assertEquals(
                    List.of("qmp_capabilities", "query-status"),
                    received.stream().map(c -> c.name()).toList());
            assertTrue(received.get(0).id().isPresent());
        }
    }

    @Test
    @DisplayName("C12 oob is enabled when it is offered")
    void enablesOob() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            assertEquals(Set.of("oob"), connect(server).capabilities());
            assertEquals(
                    "{\"enable\":[\"oob\"]}",
                    server.received("qmp_capabilities").get(0).arguments().toString());
        }
    }

    @Test
    @DisplayName("C12 oob that is required but not offered is an error before anything is sent")
    void requiresOob() {
        try (RunningFakeQmpServer server = machine().withCapabilities().startTcp()) {
            NegotiationError error = assertThrows(
                    NegotiationError.class, () -> connect(client(server).oob(OobMode.REQUIRE)));
            assertTrue(error.received() != null && error.received().has("QMP"));
            FakeConnection connection = server.awaitConnection();
            connection.awaitClosed();
            assertEquals(0, connection.receivedBytes().length);
        }
    }

    @Test
    @DisplayName("C12 oob that is required and offered is enabled")
    void requiredOob() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            assertEquals(
                    Set.of("oob"), connect(client(server).oob(OobMode.REQUIRE)).capabilities());
        }
    }

    @Test
    @DisplayName("C13 C14 without oob to enable, qmp_capabilities has no arguments")
    void emptyEnableIsNotSent() {
        try (RunningFakeQmpServer server = machine().withCapabilities().startTcp();
                RunningFakeQmpServer offering = machine().startTcp()) {
            assertEquals(Set.of(), connect(server).capabilities());
            assertFalse(server.received("qmp_capabilities").get(0).raw().has("arguments"));
            assertEquals(Set.of(), connect(client(offering).oob(OobMode.OFF)).capabilities());
            assertFalse(offering.received("qmp_capabilities").get(0).raw().has("arguments"));
        }
    }

    @Test
    @DisplayName("C16 an event before the greeting, and one before the reply to qmp_capabilities, are kept")
    void eventsDuringHandshake() {
        FakeQmpServer early = machine()
                .withoutGreeting()
                .when("qmp_capabilities")
                .answer(Answer.reply("{}").eventBefore("SECOND"));
        try (RunningFakeQmpServer server = early.startTcp()) {
            var session = client(server).connect().toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.emit("VSERPORT_CHANGE", "{\"open\": true}");
            connection.greet();
            StepVerifier.create(joined(session).events().map(e -> e.name()).take(2))
                    .expectNext("VSERPORT_CHANGE", "SECOND")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("C17 an error reply to qmp_capabilities is a NegotiationError with class and description")
    void refusedNegotiation() {
        FakeQmpServer refusing = machine().when("qmp_capabilities").error("GenericError", "not today");
        try (RunningFakeQmpServer server = refusing.startTcp()) {
            NegotiationError error = assertThrows(NegotiationError.class, () -> connect(server));
            assertEquals(new ErrorResponse("GenericError", "not today"), error.response());
            assertTrue(error.received() != null && error.received().has("error"));
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("C17 no proper reply to qmp_capabilities is a NegotiationError")
    void unintelligibleNegotiation() {
        FakeQmpServer neither = machine().when("qmp_capabilities").silent();
        try (RunningFakeQmpServer server = neither.startTcp()) {
            var session = client(server).connect().toFuture();
            FakeConnection connection = server.awaitConnection();
            String reply = "{\"id\":"
                    + connection.awaitCommand("qmp_capabilities").id().orElseThrow() + "}";
            connection.sendText(reply);
            NegotiationError error = assertInstanceOf(
                    NegotiationError.class,
                    assertThrows(CompletionException.class, () -> joined(session))
                            .getCause());
            assertEquals(reply, String.valueOf(error.received()));
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("C18 each connection negotiates anew")
    void eachConnectionNegotiates() {
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startTcp()) {
            var client = client(server).connect();
            QmpSession first = await(client);
            QmpSession second = await(client);
            assertEquals(2, server.received("qmp_capabilities").size());
            await(first.execute("query-status"));
            await(second.execute("query-status"));
        }
    }

    @Test
    @DisplayName(
            "P12 events in one segment with the greeting are kept; the reply in it, which comes before its command, is dropped")
    void greetingAndEventsInOneSegment() {
        String all = """
                {"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}
                {"event": "EARLY", "timestamp": {"seconds": 1, "microseconds": 2}}
                {"return": {}, "id": "#0"}
                {"event": "LATE", "timestamp": {"seconds": 1, "microseconds": 3}}
                """;
        FakeQmpServer server =
                machine().withGreeting(all).when("qmp_capabilities").silent();
        // The reply is given again when the command has come.
        try (RunningFakeQmpServer running = server.startTcp()) {
            var session = client(running).connect().toFuture();
            FakeConnection connection = running.awaitConnection();
            connection.reply(connection.awaitCommand("qmp_capabilities"), "{}");
            StepVerifier.create(joined(session).events().map(e -> e.name()).take(2))
                    .expectNext("EARLY", "LATE")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("P13 the decoder stands before Reactor Netty's bridge: 200 of 200 greetings are framed")
    void decoderBeforeBridge() {
        try (RunningFakeQmpServer server = machine().withSplitOutput(40).startUnix()) {
            var greetings = client(server)
                    .withSession(session -> Mono.justOrEmpty(session.greeting()))
                    .repeat(199);
            StepVerifier.create(greetings).expectNextCount(200).verifyComplete();
        }
    }

    @Test
    @DisplayName("P17 a server that accepts and is silent: NO_GREETING, with the reason it mostly has, and a close")
    void silentServer() {
        try (RunningFakeQmpServer server = machine().withoutGreeting().startUnix()) {
            ConnectError error = assertThrows(
                    ConnectError.class, () -> connect(client(server).handshakeTimeout(SHORT)));
            assertEquals(Reason.NO_GREETING, error.reason());
            assertTrue(String.valueOf(error.getMessage()).contains("is another client already connected?"));
            assertTrue(String.valueOf(error.getMessage()).contains("100 ms"));
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P17 one client per monitor: the second is not greeted, and is served once the first has gone")
    void secondClient() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession first = connect(server);
            ConnectError error = assertThrows(
                    ConnectError.class, () -> connect(client(server).handshakeTimeout(SHORT)));
            assertEquals(Reason.NO_GREETING, error.reason());
            Clients.finish(first.disconnect());
            await(connect(server).execute("query-status"));
        }
    }

    @Test
    @DisplayName("P17 a server that greets and is silent: NO_NEGOTIATION_REPLY, and a close")
    void silentNegotiation() {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server =
                        machine().when("qmp_capabilities").silent().startTcp()) {
            StepVerifier.create(client(server).handshakeTimeout(limit).connect())
                    .then(() -> server.awaitCommand("qmp_capabilities"))
                    .then(() -> timers.runOut(limit))
                    .verifyErrorSatisfies(e -> assertEquals(
                            Reason.NO_NEGOTIATION_REPLY,
                            assertInstanceOf(ConnectError.class, e).reason()));
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("P17 a server that accepts and closes: CLOSED, before the greeting")
    void closingServer() {
        try (RunningFakeQmpServer server = machine().withoutGreeting().startTcp()) {
            var session = client(server).connect().toFuture();
            server.awaitConnection().close();
            ConnectError error =
                    (ConnectError) assertThrows(java.util.concurrent.CompletionException.class, () -> joined(session))
                            .getCause();
            assertEquals(Reason.CLOSED, error.reason());
            assertInstanceOf(ConnectionLostError.class, error.getCause());
            assertTrue(String.valueOf(error.getMessage()).endsWith("before its greeting"));
        }
    }

    @Test
    @DisplayName("P17 a server that closes in place of negotiating: CLOSED, during the negotiation")
    void closingNegotiation() {
        FakeQmpServer closing =
                machine().when("qmp_capabilities").answer(Faults.silence().thenClose());
        try (RunningFakeQmpServer server = closing.startTcp()) {
            ConnectError error = assertThrows(ConnectError.class, () -> connect(server));
            assertEquals(Reason.CLOSED, error.reason());
            assertTrue(String.valueOf(error.getMessage()).endsWith("during the negotiation"));
        }
    }

    static Stream<String> garbage() {
        return Stream.of("SSH-2.0-OpenSSH_9.2p1\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "[1, 2]", "{\"QMP\"}");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("garbage")
    @DisplayName("P17 a server that sends garbage: MalformedMessageError with an excerpt, and a close")
    void garbageServer(String text) {
        try (RunningFakeQmpServer server = machine().withGreeting(text).startTcp()) {
            MalformedMessageError error = assertThrows(MalformedMessageError.class, () -> connect(server));
            assertTrue(error.excerpt().startsWith(text.strip().substring(0, 5)), error::excerpt);
            assertTrue(String.valueOf(error.getMessage()).startsWith("[vm] "), error::getMessage);
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("C2 a monitor with pretty=on works like any other")
    void prettyMonitor() {
        String greeting = "{\r\n    \"QMP\": {\r\n        \"version\": {\r\n            \"qemu\": {\r\n"
                + "                \"micro\": 0,\r\n                \"minor\": 2,\r\n                \"major\": 7\r\n"
                + "            },\r\n            \"package\": \"\"\r\n        },\r\n        \"capabilities\": [\r\n"
                + "            \"oob\"\r\n        ]\r\n    }\r\n}\r\n";
        FakeQmpServer machine =
                machine().withGreeting(greeting).when("query-status").silent();
        try (RunningFakeQmpServer server = machine.startTcp()) {
            var status = connect(server).execute("query-status").toFuture();
            FakeConnection connection = server.awaitConnection();
            String id =
                    connection.awaitCommand("query-status").id().orElseThrow().toString();
            connection.sendText("{\r\n    \"return\": {\r\n        \"status\": \"running\"\r\n    },\r\n    \"id\": "
                    + id + "\r\n}\r\n");
            assertEquals("running", joined(status).path("status").stringValue());
        }
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(ints = {1, 2, 7, 100})
    @DisplayName("C3 output cut into pieces anywhere changes nothing")
    void splitOutput(int bytes) {
        try (RunningFakeQmpServer server = machine().withSplitOutput(bytes).startTcp()) {
            assertEquals(
                    "{\"status\":\"running\",\"running\":true}",
                    await(connect(server).execute("query-status")).toString());
        }
    }

    @Test
    @DisplayName("A client without an address says so, when subscribed to")
    void noAddress() {
        StepVerifier.create(io.github.qmpreactive.QmpClient.create().connect())
                .verifyErrorMessage("The client has no address: call address, unixSocket or tcp first");
    }

    @Test
    @DisplayName("The name of a session is its address unless it is given another")
    void names() {
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startUnix()) {
            QmpSession named = connect(server);
            QmpSession unnamed =
                    connect(io.github.qmpreactive.QmpClient.create().address(server.address()));
            assertEquals("vm", named.name());
            assertEquals("QmpSession[vm, RUNNING]", named.toString());
            assertEquals(server.address(), unnamed.name());
        }
    }
}
