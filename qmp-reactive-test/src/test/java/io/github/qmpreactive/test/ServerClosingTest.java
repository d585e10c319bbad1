package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.net.FakeSocket;
import io.github.qmpreactive.test.internal.server.FakeServer;
import io.github.qmpreactive.test.internal.server.ServerOptions;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@ExtendWith(LeakGuard.class)
@DisplayName("While a fake server closes,")
class ServerClosingTest {

    private static final FakeQmpServer FAKE = FakeQmpServer.create().withoutNegotiation();

    private final AtomicReference<RunningFakeQmpServer> running = new AtomicReference<>();
    private final Sinks.Empty<Void> closed = Sinks.empty();

    private void close() {
        running.get().closeLater().subscribe(unused -> {}, closed::tryEmitError, closed::tryEmitEmpty);
    }

    private void awaitClosed() {
        Checks.await(closed.asMono().thenReturn(true), "the server to be closed");
    }

    @Test
    @DisplayName("an event that a stub sends to all clients is sent to those that are still connected")
    void emitWhileClosing() throws IOException {
        RunningFakeQmpServer server = FAKE.when("stop")
                .reply(command -> {
                    close();
                    running.get().emit("STOP");
                    return command.raw();
                })
                .startUnix();
        running.set(server);
        try (RawClient client = RawClient.connect(server.address())) {
            client.send("{\"execute\":\"stop\"}");
            client.until(text -> text.contains("STOP"));
            assertDoesNotThrow(this::awaitClosed);
        }
        assertThrows(IllegalStateException.class, () -> server.emit("STOP"));
    }

    @Test
    @DisplayName("an event for all clients is refused as soon as the connections are closed, before close() is done")
    void emitAfterTheLastConnection() throws IOException {
        RunningFakeQmpServer server = FAKE.startUnix();
        try (RawClient client = RawClient.connect(server.address())) {
            client.line();
            CompletableFuture<String> refusal = server.awaitConnection()
                    .closed()
                    .then(Mono.fromCallable(() -> {
                        assertTrue(Files.exists(server.path().getParent()), "close() is done already");
                        return String.valueOf(assertThrows(IllegalStateException.class, () -> server.emit("STOP"))
                                .getMessage());
                    }))
                    .toFuture();
            server.close();
            assertEquals(
                    server + " is closed; emit STOP has no effect",
                    Mono.fromFuture(refusal).block(PATIENCE));
        }
    }

    @Test
    @DisplayName("and closing its socket fails, connections are closed, the folder is removed, and all errors are told")
    void socketFails() throws IOException {
        FakeServer fake = Objects.requireNonNull(
                FakeServer.unix(new ServerOptions().changed(options -> options.negotiates = false))
                        .block(PATIENCE));
        RunningFakeQmpServer server = new RunningFakeQmpServer(fake);
        IllegalStateException planted = new IllegalStateException("planted");
        try (RawClient client = RawClient.connect(server.address())) {
            client.line();
            client.send("{\"execute\":\"nope\"}");
            server.awaitCommand("nope");
            server.stopListening().block(PATIENCE);
            fake.with(new FakeSocket() {
                @Override
                public String address() {
                    return "unix:" + server.path();
                }

                @Override
                public Mono<Void> close() {
                    return Mono.error(planted);
                }
            });
            assertSame(planted, assertThrows(IllegalStateException.class, server::close));
            String told = List.of(planted.getSuppressed()).toString();
            assertTrue(told.contains("No stub answers"), told);
            client.untilEnd();
        }
        assertFalse(Files.exists(server.path().getParent()));
        assertThrows(IllegalStateException.class, () -> server.emit("STOP"));
    }

    /** A server that dials closes within the call: the second command is answered on a connection that is closed. */
    private List<Throwable> secondCommand(
            BiConsumer<FakeConnection, ReceivedCommand> action, Consumer<FakeConnection> first) throws IOException {
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        AtomicReference<FakeConnection> opened = new AtomicReference<>();
        FakeQmpServer fake = FAKE.when("first")
                .reply(command -> {
                    first.accept(opened.get());
                    return command.raw();
                })
                .when("second")
                .reply(command -> {
                    try {
                        action.accept(opened.get(), command);
                    } catch (Throwable e) {
                        thrown.add(e);
                        throw e;
                    }
                    return command.raw();
                });
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            running.set(fake.startDialling("127.0.0.1:" + listener.getLocalPort()));
            opened.set(running.get().awaitConnection());
            try (Socket client = listener.accept()) {
                client.getOutputStream()
                        .write("{\"execute\":\"first\"}{\"execute\":\"second\"}".getBytes(StandardCharsets.UTF_8));
                running.get().awaitCommand("second");
                // Until what came with it was handled.
                running.get().verifyStubs();
            }
        }
        return thrown;
    }

    @ParameterizedTest
    @ValueSource(strings = {"emit", "reply", "pauseReading", "server's emit"})
    @DisplayName("what a stub does on a connection that is closed by that throws, and fails no test")
    void ownConnection(String name) throws IOException {
        List<Throwable> thrown = secondCommand(
                (connection, command) -> {
                    switch (name) {
                        case "emit" -> connection.emit("STOP");
                        case "reply" -> connection.reply(command, "{}");
                        case "pauseReading" -> connection.faults().pauseReading();
                        default -> running.get().emit("STOP");
                    }
                },
                connection -> close());
        assertEquals(1, thrown.size());
        assertTrue(String.valueOf(thrown.get(0).getMessage()).contains("has no effect"), () -> thrown.toString());
        assertDoesNotThrow(this::awaitClosed);
        assertDoesNotThrow(running.get()::close);
    }

    @Test
    @DisplayName("another mistake of a stub's still fails the test")
    void otherMistake() throws IOException {
        secondCommand(
                (connection, command) -> {
                    throw new IllegalStateException("planted");
                },
                connection -> close());
        AssertionError error = assertThrows(AssertionError.class, this::awaitClosed);
        assertTrue(String.valueOf(error.getMessage()).contains("planted"), error::getMessage);
    }

    @Test
    @DisplayName("but not before, what a stub does on a connection that it has closed itself fails the test")
    void closedByTheStub() throws IOException {
        secondCommand((connection, command) -> connection.emit("STOP"), FakeConnection::close);
        AssertionError error = assertThrows(AssertionError.class, running.get()::close);
        assertTrue(String.valueOf(error.getMessage()).contains("the fake closed it"), error::getMessage);
    }

    @Test
    @DisplayName(
            "only its own stubs are excused: one of another server that emits on it is a mistake, and fails that test")
    void anotherServer() throws IOException {
        RunningFakeQmpServer other = FAKE.startUnix();
        other.close();
        RunningFakeQmpServer server = FAKE.when("stop")
                .reply(command -> {
                    other.emit("STOP");
                    return command.raw();
                })
                .startUnix();
        try (RawClient client = RawClient.connect(server.address())) {
            client.line();
            client.send("{\"execute\":\"stop\"}");
            assertTrue(client.line().contains("GenericError"));
        }
        assertTrue(assertThrows(AssertionError.class, server::close)
                .getMessage()
                .contains("The stub of stop failed with"));
    }

    @Test
    @DisplayName("also while it closes itself: the other server is not the one that closes")
    void anotherServerWhileClosing() throws IOException {
        RunningFakeQmpServer other = FAKE.startUnix();
        other.close();
        secondCommand((connection, command) -> other.emit("STOP"), connection -> close());
        AssertionError error = assertThrows(AssertionError.class, this::awaitClosed);
        assertTrue(String.valueOf(error.getMessage()).contains("The stub of second failed with"), error::getMessage);
    }
}
