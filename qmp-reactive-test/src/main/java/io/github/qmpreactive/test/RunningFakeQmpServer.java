package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeListener;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.server.FakeServer;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A {@link FakeQmpServer} that listens, or dials. To be closed at the end of the test; safe for use by several threads.
 *
 * <p>{@code emit}, {@code when}, {@link #resetStubs()}, {@link #verify()} and {@link #releaseOtherClient()} do their work on the event loop that all fakes share, and wait for it as
 * the methods of {@link FakeConnection} do. Other methods wait where they say so.
 */
public final class RunningFakeQmpServer extends ReceivedCommands implements AutoCloseable {

    private final FakeServer server;

    RunningFakeQmpServer(FakeServer server) {
        super(server.inbox(), 0);
        this.server = server;
    }

    /** {@return where it listens, or whom it dials: {@code tcp:host:port} or {@code unix:/path}} */
    public String address() {
        return server.address();
    }

    /**
     * The TCP port it listens on.
     *
     * @return the port
     * @throws IllegalStateException if it listens on a UNIX socket, or dials
     */
    public int port() {
        if (server.folder() == null && server.socket() instanceof FakeListener listener) {
            return listener.port();
        }
        throw new IllegalStateException("Only a server that listens on TCP has a port, this is " + address());
    }

    /**
     * The path of the UNIX socket it listens on.
     *
     * @return the path
     * @throws IllegalStateException if it listens on a TCP port, or dials
     */
    public Path path() {
        SocketFolder folder = server.folder();
        if (folder == null) {
            throw new IllegalStateException(
                    "Only a server that listens on a UNIX socket has a path, this is " + address());
        }
        return folder.socket();
    }

    /**
     * The connections, those that wait to be served included.
     *
     * @return emits those that have been opened already, of the closed ones the newest 1000 or what the system property
     *     {@code qmp.test.keptConnections} says, and each that is opened, on its event loop; completes when the server is
     *     closed
     */
    public Flux<FakeConnection> connections() {
        return server.connections().map(FakeConnection::new);
    }

    /** {@return a copy of the connections that are open at this moment, in the order in which they were opened} */
    public List<FakeConnection> openConnections() {
        return server.openConnections().stream().map(FakeConnection::new).toList();
    }

    /**
     * Waits for the first connection, 10 s at most; blocks.
     *
     * @return the connection, which may be closed already
     * @throws AssertionError if there is none by then
     */
    public FakeConnection awaitConnection() {
        return awaitConnection(0);
    }

    /**
     * Waits for a connection, 10 s at most; blocks.
     *
     * @param number 0 for the first, 1 for the second
     * @return the connection, which may be closed already
     * @throws AssertionError if there is none by then; at once if it is closed and not kept any more
     */
    public FakeConnection awaitConnection(int number) {
        return new FakeConnection(server.awaitConnection(number));
    }

    /**
     * Begins a stub of a command that takes effect now and precedes all earlier stubs. For tests that share a running
     * server, such as those of one Spring context.
     *
     * @param command its name
     * @return what to go on with; the stub counts from the next command on, and until {@link #resetStubs()}. With the
     *     server's {@linkplain FakeQmpServer#withSchema schema}, an IllegalArgumentException says what does not fit
     */
    public CommandStub<RunningFakeQmpServer> when(String command) {
        return CommandStub.of(command, stub -> {
            server.add(stub);
            return this;
        });
    }

    /** Takes back what {@link #when} has said: from the next command on, only stubs from before the start answer, as at first. */
    public void resetStubs() {
        server.resetStubs();
    }

    /**
     * Checks what happened so far, as {@link #close()} does at the end.
     *
     * @throws AssertionError if what happened does not fit the server's {@linkplain FakeQmpServer#withSchema schema},
     *     no stub answers a command that came, or something of the test's own has thrown within a stub. Each is
     *     reported once
     */
    public void verify() {
        server.verify();
    }

    /**
     * Sends an event without data to every client that has negotiated and is connected.
     *
     * @param event its name
     * @throws IllegalArgumentException if the server's {@linkplain FakeQmpServer#withSchema schema} does not allow it
     * @throws IllegalStateException if the server is closed, or has begun to close its connections
     */
    public void emit(String event) {
        emit(event, null);
    }

    /**
     * Sends an event to every client that has negotiated and is connected.
     *
     * @param event its name
     * @param data its {@code data} member as JSON text; null for none
     * @throws IllegalArgumentException if it is no JSON, or the server's {@linkplain FakeQmpServer#withSchema schema}
     *     does not allow it
     * @throws IllegalStateException if the server is closed, or has begun to close its connections
     */
    public void emit(String event, @Nullable String data) {
        server.emit(new EventTemplate(event, data));
    }

    /**
     * Removes the client that {@link FakeQmpServer#withOtherClient()} has put before all others: the first waiting
     * client is greeted. Nothing happens if there is no such client.
     */
    public void releaseOtherClient() {
        server.releaseOtherClient();
    }

    /**
     * Waits for the end of the {@linkplain FakeQmpServer#script script}, 10 s at most; blocks.
     *
     * @throws AssertionError if something has come that is not in it, or what is in it has not come by then; tells what
     *     was expected, what came, and what the difference is
     */
    public void verifyScript() {
        server.verifyScript();
    }

    /**
     * Checks that each stub of a command has answered one at least, when what came is answered: waits for the event loop as
     * {@code emit} does. Not counted: stubs that a later one replaces, {@link
     * FakeQmpServer#whenAny()}, and those of {@link FakeQmpServer#guestAgent()}. A {@code FakeVm} stubs all commands that it
     * knows, so this is not for it.
     *
     * @throws AssertionError if one has answered none; lists them, and what came
     */
    public void verifyStubs() {
        server.verifyStubs();
    }

    /**
     * Whether it listens, or connects to a client that listens.
     *
     * @return false from {@link #stopListening()} or the beginning of {@link #close()} on
     */
    public boolean isOpen() {
        return server.isOpen();
    }

    /**
     * Stops listening, and refuses connections; one that connects to a client stops connecting. Open connections stay.
     *
     * @return completes when the socket is closed
     */
    public Mono<Void> stopListening() {
        return server.stopListening();
    }

    /**
     * Stops listening, closes all connections and removes the socket's folder. How the script went is not looked at.
     *
     * @return completes when all is closed, at once if it was; then errors with an AssertionError, the first time, if what
     *     happened does not fit the server's {@linkplain FakeQmpServer#withSchema schema}, no stub answers a command that
     *     came, or something of the test's own has thrown within a stub
     */
    public Mono<Void> closeLater() {
        return server.closeLater();
    }

    /**
     * As {@link #closeLater()}, for test code: waits until all is closed, 10 s at most; blocks. Before that, waits 10 s at
     * most for the pauses, delayed answers and events of the {@linkplain FakeQmpServer#script script} that are next; it does
     * not wait for commands. Pauses in virtual time end only if a test advances the clock.
     *
     * @throws AssertionError if the script was not played to its end, unless {@link #verifyScript()} has said so
     *     before; if what happened does not fit the server's {@linkplain FakeQmpServer#withSchema schema}: says which
     *     replies of stubs; if a command came that no stub answers; if something of the test's own has thrown within a
     *     stub. Each is reported once
     */
    @Override
    public void close() {
        server.close();
    }

    /** For people: where it listens, or whom it dials. */
    @Override
    public String toString() {
        return server.toString();
    }
}
