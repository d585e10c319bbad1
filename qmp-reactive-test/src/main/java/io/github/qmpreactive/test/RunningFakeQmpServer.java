package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.FakeListener;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A {@link FakeQmpServer} that listens. To be closed at the end of the test; safe for use by several threads.
 */
public final class RunningFakeQmpServer implements AutoCloseable {

    private final ServerOptions options;
    private final Script script;
    private final @Nullable SocketFolder folder;
    private final List<FakeConnection> connections = new ArrayList<>();
    private final List<FakeConnection> waiting = new ArrayList<>();
    private final Sinks.Many<FakeConnection> opened = Sinks.many().replay().all();
    private volatile boolean closing;
    private @Nullable FakeConnection serving;
    private volatile @Nullable FakeListener listener;

    private RunningFakeQmpServer(ServerOptions options, @Nullable SocketFolder folder) {
        this.options = options;
        this.script = new Script(options.stubs);
        this.folder = folder;
    }

    static Mono<RunningFakeQmpServer> tcp(ServerOptions options) {
        return Mono.defer(() -> {
            RunningFakeQmpServer server = new RunningFakeQmpServer(options, null);
            return FakeListener.tcp(options.port, server::accept).map(server::listening);
        });
    }

    static Mono<RunningFakeQmpServer> unix(ServerOptions options) {
        return Mono.defer(() -> {
            SocketFolder folder = options.path == null ? SocketFolder.create() : SocketFolder.at(options.path);
            RunningFakeQmpServer server = new RunningFakeQmpServer(options, folder);
            return FakeListener.unix(folder.socket(), server::accept)
                    .map(server::listening)
                    .doOnError(e -> folder.delete());
        });
    }

    /**
     * Where it listens.
     *
     * @return {@code tcp:127.0.0.1:port} or {@code unix:/path}
     */
    public String address() {
        return folder == null ? "tcp:127.0.0.1:" + port() : "unix:" + folder.socket();
    }

    /**
     * The TCP port it listens on.
     *
     * @return the port
     * @throws IllegalStateException if it listens on a UNIX socket
     */
    public int port() {
        FakeListener current = listener;
        if (folder != null || current == null) {
            throw new IllegalStateException("A server on a UNIX socket has no port");
        }
        return current.port();
    }

    /**
     * The path of the UNIX socket it listens on.
     *
     * @return the path
     * @throws IllegalStateException if it listens on a TCP port
     */
    public Path path() {
        if (folder == null) {
            throw new IllegalStateException("A server on a TCP port has no path");
        }
        return folder.socket();
    }

    /**
     * The connections, those that wait to be served included.
     *
     * @return emits those that have been opened already, and each that is opened, on its event loop; completes when the
     *     server is closed
     */
    public Flux<FakeConnection> connections() {
        return opened.asFlux();
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
     * @throws AssertionError if there is none by then
     */
    public FakeConnection awaitConnection(int number) {
        return Checks.await(connections().skip(number).next(), "connection " + number);
    }

    /**
     * The commands of all connections, as {@link FakeConnection#received()}.
     *
     * @return a copy; those of one connection after those of the one before
     */
    public List<ReceivedCommand> received() {
        return snapshot().stream().flatMap(c -> c.received().stream()).toList();
    }

    /**
     * The commands of one name, of all connections.
     *
     * @param command the name
     * @return a copy; those of one connection after those of the one before
     */
    public List<ReceivedCommand> received(String command) {
        return received().stream().filter(c -> c.name().equals(command)).toList();
    }

    /**
     * Sends an event without data to every client that has negotiated.
     *
     * @param event its name
     */
    public void emit(String event) {
        snapshot().stream().filter(FakeConnection::isNegotiated).forEach(c -> c.emit(event));
    }

    /**
     * Sends an event to every client that has negotiated.
     *
     * @param event its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public void emit(String event, String data) {
        snapshot().stream().filter(FakeConnection::isNegotiated).forEach(c -> c.emit(event, data));
    }

    /**
     * Stops listening: whoever connects is refused. Open connections stay.
     *
     * @return completes when the socket is closed
     */
    public Mono<Void> stopListening() {
        FakeListener current = listener;
        return current == null ? Mono.empty() : current.close();
    }

    /**
     * Stops listening, closes all connections and removes the socket's folder.
     *
     * @return completes when all is closed; at once if it was
     */
    public Mono<Void> closeLater() {
        return Mono.fromRunnable(() -> closing = true)
                .then(stopListening())
                .thenMany(Flux.defer(() -> Flux.fromIterable(snapshot())))
                .doOnNext(FakeConnection::abort)
                .flatMap(FakeConnection::closed)
                .then(Mono.fromRunnable(this::cleanUp));
    }

    /** As {@link #closeLater()}, for test code: waits until all is closed, 10 s at most; blocks. */
    @Override
    public void close() {
        Checks.await(closeLater().thenReturn(true), "the server to be closed");
    }

    /** For people: where it listens. */
    @Override
    public String toString() {
        return "fake QMP server at " + address();
    }

    private RunningFakeQmpServer listening(FakeListener listener) {
        this.listener = listener;
        return this;
    }

    private void cleanUp() {
        opened.tryEmitComplete();
        if (folder != null) {
            folder.delete();
        }
    }

    private List<FakeConnection> snapshot() {
        synchronized (connections) {
            return List.copyOf(connections);
        }
    }

    private FakeChannel.Listener accept(FakeChannel channel) {
        return new Client(channel);
    }

    private void open(FakeConnection connection) {
        boolean first;
        synchronized (connections) {
            first = options.servesAll || serving == null;
            if (first) {
                serving = connection;
            } else {
                waiting.add(connection);
            }
        }
        // Fails when the server has been closed, and then there is nobody to tell.
        opened.tryEmitNext(connection);
        if (closing) {
            connection.abort();
        } else if (first) {
            connection.conversation().serve();
        }
    }

    private void release(FakeConnection connection) {
        FakeConnection next = null;
        synchronized (connections) {
            waiting.remove(connection);
            if (serving == connection) {
                next = waiting.isEmpty() ? null : waiting.remove(0);
                serving = next;
            }
        }
        connection.conversation().onClosed();
        if (next != null) {
            next.conversation().serve();
        }
    }

    private final class Client implements FakeChannel.Listener {

        private final FakeConnection connection;

        Client(FakeChannel channel) {
            synchronized (connections) {
                Conversation conversation = new Conversation(options, script, channel);
                connection = new FakeConnection(connections.size(), channel, conversation);
                connections.add(connection);
            }
        }

        @Override
        public void onOpen() {
            open(connection);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            connection.conversation().onBytes(bytes);
        }

        @Override
        public void onClosed() {
            release(connection);
        }
    }
}
