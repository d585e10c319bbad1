package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakGuard.class)
@DisplayName("FakeQmpServer, when something is to go wrong,")
class FakeFaultsTest {

    private static final Duration SILENCE = Duration.ofMillis(100);

    private static RunningFakeQmpServer start(FakeQmpServer server, boolean unix) {
        return unix ? server.startUnix() : server.startTcp();
    }

    @Test
    @DisplayName("leaves a command unanswered, and the test can answer it")
    void silence() throws Exception {
        try (RunningFakeQmpServer qemu =
                        FakeQmpServer.create().when("lost").silent().startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"lost\",\"id\":[1]}");
            FakeConnection connection = qemu.awaitConnection();
            ReceivedCommand lost = connection.awaitCommand("lost");
            assertTrue(client.hearsNothing(SILENCE));
            connection.reply(lost, "\"late\"");
            assertEquals("{\"return\": \"late\", \"id\": [1]}", client.line());
            connection.faults().idlessError("JSON parse error, expecting value");
            assertEquals(
                    "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting value\"}}",
                    client.line());
        }
    }

    @Test
    @DisplayName("does wrong what a server can do wrong: ids, half a reply, garbage")
    void faults() throws Exception {
        FakeQmpServer server = FakeQmpServer.create()
                .when("wrong-id")
                .answer(Answer.reply("{}").withId("\"x\""))
                .when("garbage")
                .answer(Answer.text("@@@\r\n"))
                .when("half")
                .answer(Answer.reply("{}").truncated(5).thenClose());
        try (RunningFakeQmpServer qemu = server.startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"wrong-id\",\"id\":1}{\"execute\":\"garbage\"}");
            assertEquals(List.of("{\"return\": {}, \"id\": \"x\"}", "@@@"), client.lines(2));
            client.send("{\"execute\":\"half\"}");
            assertEquals("{\"ret<EOF>", client.untilEnd());
            qemu.awaitConnection().awaitClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 1000, 100_000})
    @DisplayName("makes replies of an exact size")
    void exactSize(int size) throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("big")
                        .answer(Faults.longReply(size))
                        .startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"big\",\"id\":\"#1a\"}");
            assertEquals(size, client.line().length());
        }
    }

    @ParameterizedTest(name = "over a UNIX socket: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("cuts its output into pieces and loses nothing")
    void splits(boolean unix) throws Exception {
        FakeQmpServer server =
                FakeQmpServer.create().withSplitOutput(1).when("x").reply("\"\u00E4\uD83D\uDE00\"");
        try (RunningFakeQmpServer qemu = start(server, unix);
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"x\"}");
            assertEquals("{\"return\": \"\\u00E4\\uD83D\\uDE00\"}", client.line());
            qemu.awaitConnection().faults().splitOutput(7);
            client.send("{\"execute\":\"x\"}");
            assertEquals("{\"return\": \"\\u00E4\\uD83D\\uDE00\"}", client.line());
        }
    }

    @ParameterizedTest(name = "over a UNIX socket: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("resets when the client writes")
    void resetsOnRead(boolean unix) throws Exception {
        try (RunningFakeQmpServer qemu = start(FakeQmpServer.create(), unix);
                RawClient client = RawClient.negotiated(qemu.address())) {
            qemu.awaitConnection().faults().resetOnNextRead();
            // The answer shows that the order has been carried out.
            qemu.awaitConnection().send("{}");
            client.line();
            client.send("{\"execute\":\"x\"}");
            assertEquals("Connection reset<EOF>", client.untilEnd());
        }
    }

    @Test
    @DisplayName("resets a TCP connection at once, after an answer, and at a certain byte")
    void resetsTcp() throws Exception {
        FakeQmpServer server =
                FakeQmpServer.create().when("x").answer(Faults.silence().thenReset());
        try (RunningFakeQmpServer qemu = server.startTcp()) {
            try (RawClient client = RawClient.negotiated(qemu.address())) {
                qemu.awaitConnection().reset();
                assertEquals("Connection reset<EOF>", client.untilEnd());
            }
            try (RawClient client = RawClient.negotiated(qemu.address())) {
                client.send("{\"execute\":\"x\"}");
                assertEquals("Connection reset<EOF>", client.untilEnd());
            }
        }
        try (RunningFakeQmpServer qemu =
                        FakeQmpServer.create().withResetAfter(6).startTcp();
                RawClient client = RawClient.connect(qemu.address())) {
            assertEquals("{\"QMP\"Connection reset<EOF>", client.untilEnd());
        }
    }

    @Test
    @DisplayName("resets a UNIX socket if something is unread, and ends it with EOF otherwise")
    void resetsUnix() throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix()) {
            try (RawClient client = RawClient.negotiated(qemu.address())) {
                FakeConnection connection = qemu.awaitConnection();
                connection.faults().pauseReading();
                connection.send("{}");
                client.line();
                client.send("{\"execute\":\"x\"}");
                connection.reset();
                assertEquals("Connection reset<EOF>", client.untilEnd());
            }
            try (RawClient client = RawClient.negotiated(qemu.address())) {
                qemu.awaitConnection(1).reset();
                assertEquals("<EOF>", client.untilEnd());
            }
        }
    }

    @Test
    @DisplayName("stops reading and goes on")
    void pausesReading() throws Exception {
        try (RunningFakeQmpServer qemu =
                        FakeQmpServer.create().when("x").reply("{}").startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            FakeConnection connection = qemu.awaitConnection();
            connection.faults().pauseReading();
            connection.send("{}");
            client.line();
            client.send("{\"execute\":\"x\"}");
            assertTrue(client.hearsNothing(SILENCE));
            assertEquals(List.of(), connection.received("x"));
            connection.faults().resume();
            assertEquals("{\"return\": {}}", client.line());
        }
    }

    @Test
    @DisplayName("reads nothing from the beginning if that is said when the connection comes")
    void pausesReadingFromTheBeginning() throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .withoutNegotiation()
                .when("x")
                .reply("{}")
                .startUnix()) {
            qemu.connections().subscribe(connection -> connection.faults().pauseReading());
            try (RawClient client = RawClient.connect(qemu.address())) {
                client.line();
                client.send("{\"execute\":\"x\"}");
                FakeConnection connection = qemu.awaitConnection();
                assertTrue(client.hearsNothing(SILENCE));
                assertEquals(List.of(), connection.received("x"));
                connection.faults().resume();
                assertEquals("{\"return\": {}}", client.line());
            }
        }
    }
}
