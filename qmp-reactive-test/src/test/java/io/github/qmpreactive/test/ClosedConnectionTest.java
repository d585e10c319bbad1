package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@ExtendWith(LeakGuard.class)
@DisplayName("On a closed connection of a fake")
class ClosedConnectionTest {

    private static final FakeQmpServer FAKE =
            FakeQmpServer.create().withoutNegotiation().whenAny().reply("{}");

    private static Map<String, Runnable> actions(FakeConnection connection) {
        ReceivedCommand command = connection.received().get(0);
        Map<String, Runnable> actions = new LinkedHashMap<>();
        actions.put("greet()", connection::greet);
        actions.put("emit STOP", () -> connection.emit("STOP"));
        actions.put("emit RESET", () -> connection.emit("RESET", "{}"));
        actions.put("emit WAKEUP", () -> connection.emitMany(2, "WAKEUP"));
        actions.put("emit SUSPEND", () -> connection.emitMany(2, "SUSPEND", null));
        actions.put("the answer to first", () -> connection.reply(command, "{}"));
        actions.put("send()", () -> connection.send("{}"));
        actions.put("sendBytes()", () -> connection.sendText("x"));
        ConnectionFaults faults = connection.faults();
        actions.put("faults().silence()", faults::silence);
        actions.put("faults().stall()", faults::stall);
        actions.put("faults().resume()", faults::resume);
        actions.put("faults().readSlowly()", () -> faults.readSlowly(1));
        actions.put("faults().halfMessage()", faults::halfMessage);
        actions.put("faults().longMessage()", () -> faults.longMessage(200));
        actions.put("faults().garbage()", faults::garbage);
        actions.put("faults().wrongIds()", faults::wrongIds);
        actions.put("faults().idlessError()", () -> faults.idlessError("no"));
        actions.put("faults().splitOutput()", () -> faults.splitOutput(1));
        actions.put("faults().pauseReading()", faults::pauseReading);
        actions.put("faults().resetOnNextRead()", faults::resetOnNextRead);
        actions.put("faults().resetAfter()", () -> faults.resetAfter(1));
        return actions;
    }

    private static FakeConnection used(RunningFakeQmpServer server, RawClient client) throws IOException {
        client.send("{\"execute\":\"first\"}");
        server.awaitCommand("first");
        // A client that closes with something unread resets the connection.
        client.until(text -> text.contains("return"));
        return server.awaitConnection();
    }

    private static void assertNamesTheEnd(FakeConnection connection, String end) {
        Stream<Executable> checks = actions(connection).entrySet().stream()
                .map(action -> () -> assertEquals(
                        "Connection 0 is closed: " + end + "; " + action.getKey() + " has no effect",
                        assertThrows(IllegalStateException.class, () -> action.getValue()
                                        .run())
                                .getMessage()));
        assertAll(checks);
        assertDoesNotThrow(connection::close);
        assertDoesNotThrow(connection::reset);
        assertTrue(connection.toString().contains(end), connection::toString);
    }

    @Test
    @DisplayName(
            "every action fails, names the connection and says that the client closed it; close() and reset() do nothing")
    void byTheClient() throws IOException {
        try (RunningFakeQmpServer server = FAKE.startUnix()) {
            RawClient client = RawClient.connect(server.address());
            FakeConnection connection = used(server, client);
            client.close();
            connection.awaitClosed();
            assertNamesTheEnd(connection, "the client closed it");
        }
    }

    @Test
    @DisplayName("every action says that the fake closed it, reset it, or was closed itself")
    void byTheFake() throws IOException {
        try (RunningFakeQmpServer server = FAKE.startTcp();
                RawClient client = RawClient.connect(server.address())) {
            FakeConnection connection = used(server, client);
            connection.close();
            assertNamesTheEnd(connection, "the fake closed it");
        }
        try (RunningFakeQmpServer server = FAKE.startTcp();
                RawClient client = RawClient.connect(server.address())) {
            FakeConnection connection = used(server, client);
            connection.reset();
            assertNamesTheEnd(connection, "the fake reset it");
        }
        RunningFakeQmpServer server = FAKE.startTcp();
        try (RawClient client = RawClient.connect(server.address())) {
            FakeConnection connection = used(server, client);
            server.close();
            assertNamesTheEnd(connection, "its server was closed");
            String message = assertThrows(IllegalStateException.class, () -> server.emit("STOP"))
                    .getMessage();
            assertEquals(server + " is closed; emit STOP has no effect", message);
        }
    }

    @Test
    @DisplayName("an action fails on a thread that must not block, too")
    void nonBlocking() throws IOException {
        try (RunningFakeQmpServer server = FAKE.startUnix();
                RawClient client = RawClient.connect(server.address())) {
            FakeConnection connection = used(server, client);
            connection.close();
            Mono<Void> emit =
                    Mono.<Void>fromRunnable(() -> connection.emit("STOP")).subscribeOn(Schedulers.parallel());
            assertThrows(IllegalStateException.class, emit::block);
        }
    }

    @Test
    @DisplayName("an event for all clients is sent to those that are connected")
    void broadcast() throws IOException {
        FakeQmpServer all = FAKE.withConcurrentClients();
        try (RunningFakeQmpServer server = all.startUnix();
                RawClient gone = RawClient.connect(server.address());
                RawClient here = RawClient.connect(server.address())) {
            server.awaitConnection(1);
            server.awaitConnection(0).close();
            gone.untilEnd();
            here.line();
            server.emit("STOP");
            assertTrue(here.line().contains("STOP"));
        }
    }

    @Test
    @DisplayName("is not open, and not listed as open, while the last bytes before close() are still being sent")
    void closing() throws IOException {
        try (RunningFakeQmpServer server = FAKE.startUnix();
                SocketChannel readsNothing = SocketChannel.open(UnixDomainSocketAddress.of(server.path()))) {
            FakeConnection connection = server.awaitConnection();
            connection.sendText("x".repeat(8 << 20));
            connection.close();
            assertFalse(connection.isOpen());
            assertEquals(List.of(), server.openConnections());
            assertTrue(readsNothing.isConnected());
        }
    }
}
