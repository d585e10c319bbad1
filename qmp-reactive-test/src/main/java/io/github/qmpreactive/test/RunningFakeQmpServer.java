package io.github.qmpreactive.test;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.FakeDialer;
import io.github.qmpreactive.test.internal.net.FakeListener;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.FakeSocket;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
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

    private final ServerOptions options;
    private final Script script;
    private final SchemaGuard guard;
    private final @Nullable SocketFolder folder;
    private final CommandLog commands;
    private final ByteLog bytes;
    private final Connections connections;
    private final Clients clients;
    private final EventLimiter events;
    private volatile boolean open = true;
    private volatile @Nullable FakeSocket socket;

    private RunningFakeQmpServer(ServerOptions options, @Nullable SocketFolder folder) {
        this(options, folder, Kept.configured());
    }

    private RunningFakeQmpServer(ServerOptions options, @Nullable SocketFolder folder, Kept limits) {
        this(options, folder, limits, new CommandLog(limits));
    }

    private RunningFakeQmpServer(
            ServerOptions options, @Nullable SocketFolder folder, Kept limits, CommandLog commands) {
        super(commands, commands.all());
        this.commands = commands;
        this.bytes = new ByteLog(limits);
        this.connections = new Connections(limits);
        this.options = options;
        this.script = new Script(options);
        this.guard = new SchemaGuard(options.schema);
        this.clients = new Clients(options, channel -> connections.add(number -> open(channel, number)));
        this.folder = folder;
        this.events = new EventLimiter(options, message -> openConnections().stream()
                .filter(FakeConnection::isNegotiated)
                .forEach(connection -> connection.broadcast(message)));
    }

    static Mono<RunningFakeQmpServer> tcp(ServerOptions options) {
        return Mono.defer(() -> {
            options.checkTls(true);
            RunningFakeQmpServer server = new RunningFakeQmpServer(options, null);
            return FakeListener.tcp(options.port, options.tls, server.clients::accept)
                    .map(server::running);
        });
    }

    static Mono<RunningFakeQmpServer> unix(ServerOptions options) {
        return Mono.defer(() -> {
            if (options.tls != null) {
                throw new IllegalStateException("TLS goes over TCP: leave out secure(), or start it with startTcp()");
            }
            SocketFolder folder = options.path == null ? SocketFolder.create() : SocketFolder.at(options.path);
            RunningFakeQmpServer server = new RunningFakeQmpServer(options, folder);
            return FakeListener.unix(folder.socket(), server.clients::accept)
                    .map(server::running)
                    .doOnError(e -> folder.delete());
        });
    }

    static Mono<RunningFakeQmpServer> dial(ServerOptions options, String address) {
        Endpoint endpoint = AddressParser.parse(address);
        return Mono.defer(() -> {
            options.checkTls(false);
            RunningFakeQmpServer server = new RunningFakeQmpServer(options, null);
            FakeDialer dialer = new FakeDialer(endpoint, options.tls, options.reconnect, options::timer);
            return dialer.dial(server.clients::accept).map(server::running);
        });
    }

    /** {@return where it listens, or whom it dials: {@code tcp:host:port} or {@code unix:/path}} */
    public String address() {
        FakeSocket current = socket;
        return current == null ? "no address yet" : current.address();
    }

    /**
     * The TCP port it listens on.
     *
     * @return the port
     * @throws IllegalStateException if it listens on a UNIX socket, or dials
     */
    public int port() {
        if (folder == null && socket instanceof FakeListener listener) {
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
        return connections.flux();
    }

    /** {@return a copy of the connections that are open at this moment, in the order in which they were opened} */
    public List<FakeConnection> openConnections() {
        return connections.list().stream().filter(FakeConnection::isOpen).toList();
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
        return connections.await(number);
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
            guard.require(stub);
            FakeLoop.run(() -> script.add(stub));
            return this;
        });
    }

    /** Takes back what {@link #when} has said: from the next command on, only stubs from before the start answer, as at first. */
    public void resetStubs() {
        FakeLoop.run(script::reset);
    }

    /**
     * Checks what happened so far, as {@link #close()} does at the end.
     *
     * @throws AssertionError if what happened does not fit the server's {@linkplain FakeQmpServer#withSchema schema},
     *     no stub answers a command that came, or something of the test's own has thrown within a stub. Each is
     *     reported once
     */
    public void verify() {
        Checks.settle();
        guard.complaints().verify();
    }

    /**
     * Sends an event without data to every client that has negotiated and is connected.
     *
     * @param event its name
     * @throws IllegalArgumentException if the server's {@linkplain FakeQmpServer#withSchema schema} does not allow it
     * @throws IllegalStateException if the server is closed, or has begun to close its connections
     */
    public void emit(String event) {
        emit(new EventTemplate(event, null));
    }

    /**
     * Sends an event to every client that has negotiated and is connected.
     *
     * @param event its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON, or the server's {@linkplain FakeQmpServer#withSchema schema}
     *     does not allow it
     * @throws IllegalStateException if the server is closed, or has begun to close its connections
     */
    public void emit(String event, String data) {
        emit(new EventTemplate(event, JsonText.read(data)));
    }

    private void emit(EventTemplate event) {
        requireOpen(event);
        guard.require(event);
        FakeLoop.run(() -> {
            requireOpen(event);
            events.send(event);
        });
    }

    private void requireOpen(EventTemplate event) {
        if (clients.isClosed()) {
            throw new ServerClosedException(this + " is closed; emit " + event.name() + " has no effect");
        }
    }

    /**
     * Removes the client that {@link FakeQmpServer#withOtherClient()} has put before all others: the first waiting
     * client is greeted. Nothing happens if there is no such client.
     */
    public void releaseOtherClient() {
        clients.releaseOther();
    }

    /**
     * Waits for the end of the {@linkplain FakeQmpServer#script script}, 10 s at most; blocks.
     *
     * @throws AssertionError if something has come that is not in it, or what is in it has not come by then; tells what
     *     was expected, what came, and what the difference is
     */
    public void verifyScript() {
        ScriptRun run = script.run();
        if (run != null) {
            run.verify(Checks.PATIENCE);
        }
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
        Checks.settle();
        List<Stub> uncalled = script.uncalled();
        if (!uncalled.isEmpty()) {
            String list = uncalled.stream().map(stub -> "\n  " + stub).collect(Collectors.joining());
            throw new AssertionError("No command came for:" + list + commands.described(commands.all(), 0));
        }
    }

    /**
     * Whether it listens, or connects to a client that listens.
     *
     * @return false from {@link #stopListening()} or the beginning of {@link #close()} on
     */
    public boolean isOpen() {
        return open;
    }

    /**
     * Stops listening, and refuses connections; one that connects to a client stops connecting. Open connections stay.
     *
     * @return completes when the socket is closed
     */
    public Mono<Void> stopListening() {
        return Mono.defer(() -> {
            open = false;
            FakeSocket current = socket;
            return current == null ? Mono.empty() : current.close();
        });
    }

    /**
     * Stops listening, closes all connections and removes the socket's folder. How the script went is not looked at.
     *
     * @return completes when all is closed, at once if it was; then errors with an AssertionError, the first time, if what
     *     happened does not fit the server's {@linkplain FakeQmpServer#withSchema schema}, no stub answers a command that
     *     came, or something of the test's own has thrown within a stub
     */
    public Mono<Void> closeLater() {
        return closeAll().then(Mono.fromRunnable(guard.complaints()::verify));
    }

    private Mono<Void> closeAll() {
        Mono<Void> stop = Mono.fromRunnable(clients::refuse).then(stopListening());
        Mono<Void> disconnect = Mono.fromRunnable(guard::closing)
                .then(Mono.fromRunnable(clients::close))
                .thenMany(Flux.defer(() -> Flux.fromIterable(connections.list())))
                .flatMap(FakeConnection::closed)
                .then();
        // What fails is told when the rest is done.
        return Flux.concatDelayError(stop, disconnect, Mono.<Void>fromRunnable(this::cleanUp))
                .then();
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
        ScriptRun run = script.run();
        // Before the connections are closed: what comes of that is no part of the test.
        if (run != null) {
            run.awaitOwnSteps(Checks.PATIENCE);
        }
        @Nullable AssertionError problem = run == null ? null : run.lastWord();
        try {
            Checks.await(closeAll().thenReturn(true), "the server to be closed");
        } catch (RuntimeException | Error e) {
            Checks.suppress(e, problem);
            Checks.suppress(e, guard.complaints().lastWord());
            throw e;
        }
        @Nullable AssertionError complaint = guard.complaints().lastWord();
        if (problem != null) {
            Checks.suppress(problem, complaint);
            throw problem;
        }
        if (complaint != null) {
            throw complaint;
        }
    }

    /** For people: where it listens, or whom it dials. */
    @Override
    public String toString() {
        return "fake QMP server at " + address();
    }

    RunningFakeQmpServer running(FakeSocket socket) {
        this.socket = socket;
        return this;
    }

    private void cleanUp() {
        commands.end(commands.all());
        connections.end();
        events.stop();
        if (folder != null) {
            folder.delete();
        }
    }

    private FakeConnection open(FakeChannel channel, int number) {
        Inbox inbox = new Inbox(commands, bytes, number);
        return new FakeConnection(number, channel, new Conversation(options, script, guard, channel, inbox));
    }
}
