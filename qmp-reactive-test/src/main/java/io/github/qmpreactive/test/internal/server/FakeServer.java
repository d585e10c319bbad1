package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.log.History;
import io.github.qmpreactive.test.internal.log.Inbox;
import io.github.qmpreactive.test.internal.log.Inboxes;
import io.github.qmpreactive.test.internal.log.Limits;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.FakeDialer;
import io.github.qmpreactive.test.internal.net.FakeListener;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.FakeSocket;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.script.ScriptRun;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import io.github.qmpreactive.test.internal.stub.SchemaGuard;
import io.github.qmpreactive.test.internal.stub.ServerClosedException;
import io.github.qmpreactive.test.internal.stub.Stub;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A fake server that listens, or dials. Safe for use by several threads. */
public final class FakeServer {

    private final Behaviour behaviour;
    private final SchemaGuard guard;
    private final @Nullable SocketFolder folder;
    private final Limits limits = Limits.configured();
    private final Inboxes inboxes = new Inboxes(limits);
    private final History<Conversation> connections = new History<>(limits.commands());
    private final History.Scope listening = new History.Scope();
    private final Clients clients;
    private final EventLimiter events;
    /** How many connections were opened; changed on the event loop of the fakes. */
    private volatile int opened;

    private volatile boolean open = true;
    private volatile @Nullable FakeSocket socket;

    private FakeServer(ServerOptions options, @Nullable SocketFolder folder) {
        this.behaviour = Behaviour.of(options);
        this.guard = behaviour.guard();
        this.folder = folder;
        this.clients = new Clients(options, this::open);
        this.events = new EventLimiter(options, message -> connections.list().stream()
                .filter(Conversation::isNegotiated)
                .forEach(connection -> connection.broadcast(message)));
    }

    public static Mono<FakeServer> tcp(ServerOptions options) {
        return Mono.defer(() -> {
            options.checkTls(true);
            FakeServer server = new FakeServer(options, null);
            return FakeListener.tcp(options.port, options.tls, server.clients::accept)
                    .map(server::with);
        });
    }

    public static Mono<FakeServer> unix(ServerOptions options) {
        return Mono.defer(() -> {
            if (options.tls != null) {
                throw new IllegalStateException("TLS goes over TCP: leave out secure(), or start it with startTcp()");
            }
            SocketFolder folder = options.path == null ? SocketFolder.create() : SocketFolder.at(options.path);
            FakeServer server = new FakeServer(options, folder);
            return FakeListener.unix(folder.socket(), server.clients::accept)
                    .map(server::with)
                    .doOnError(e -> folder.delete());
        });
    }

    /** Emits a server that has connected to a client, or is to try again; errors if it has not and is not. */
    public static Mono<FakeServer> dial(ServerOptions options, Endpoint endpoint) {
        return Mono.defer(() -> {
            options.checkTls(false);
            FakeServer server = new FakeServer(options, null);
            FakeDialer dialer = new FakeDialer(endpoint, options.tls, options.reconnect, options::timer);
            return dialer.dial(server.clients::accept).map(server::with);
        });
    }

    /** Goes on with another socket. */
    public FakeServer with(FakeSocket replacement) {
        socket = replacement;
        return this;
    }

    private Conversation open(FakeChannel channel) {
        int number = opened;
        Conversation connection = new Conversation(number, behaviour, channel, inboxes.connection(number));
        connections.add(connection, this::trim);
        return connection;
    }

    private void trim(Deque<Conversation> kept) {
        opened = kept.getLast().number() + 1;
        long tooMany = kept.stream().filter(c -> !c.channel().isOpen()).count() - limits.connections();
        List<Conversation> dropped = kept.stream()
                .filter(c -> !c.channel().isOpen())
                .limit(Math.max(0, tooMany))
                .toList();
        kept.removeAll(dropped);
    }

    public String address() {
        FakeSocket current = socket;
        return current == null ? "no address yet" : current.address();
    }

    public @Nullable FakeSocket socket() {
        return socket;
    }

    /** Where its UNIX socket is; null if it has none. */
    public @Nullable SocketFolder folder() {
        return folder;
    }

    public Inbox inbox() {
        return inboxes.all();
    }

    public Flux<Conversation> connections() {
        return connections.flux(listening, connection -> true, () -> null);
    }

    public List<Conversation> openConnections() {
        return connections.list().stream().filter(c -> c.channel().isOpen()).toList();
    }

    public Conversation awaitConnection(int number) {
        Flux<Conversation> wanted =
                connections.flux(listening, connection -> connection.number() == number, () -> dropped(number));
        return Checks.await(wanted.next(), "connection " + number);
    }

    private @Nullable Throwable dropped(int number) {
        return number < opened && connections.list().stream().noneMatch(c -> c.number() == number)
                ? new AssertionError("Connection " + number + " was closed and dropped: this fake keeps " + limits)
                : null;
    }

    /** Adds a stub, from the next command on; refuses it if the schema does not allow it. */
    public void add(Stub stub) {
        guard.check().require(stub);
        FakeLoop.run(() -> behaviour.stubs().add(stub));
    }

    public void resetStubs() {
        FakeLoop.run(behaviour.stubs()::reset);
    }

    public void emit(EventTemplate event) {
        requireOpen(event);
        guard.check().require(event);
        FakeLoop.run(() -> {
            requireOpen(event);
            events.send(event);
        });
    }

    private void requireOpen(EventTemplate event) {
        if (clients.isClosed()) {
            throw new ServerClosedException(guard, this + " is closed; emit " + event.name() + " has no effect");
        }
    }

    public void releaseOtherClient() {
        clients.releaseOther();
    }

    /** Throws what went wrong so far, once. */
    public void verify() {
        Checks.settle();
        Checks.throwFirst(guard.complaints().lastWord());
    }

    public void verifyScript() {
        if (behaviour.script() != null) {
            behaviour.script().verify();
        }
    }

    public void verifyStubs() {
        Checks.settle();
        List<Stub> uncalled = behaviour.stubs().uncalled();
        if (!uncalled.isEmpty()) {
            String list = uncalled.stream().map(stub -> "\n  " + stub).collect(Collectors.joining());
            throw new AssertionError("No command came for:" + list + inbox().described(0));
        }
    }

    public boolean isOpen() {
        return open;
    }

    public Mono<Void> stopListening() {
        return Mono.defer(() -> {
            open = false;
            FakeSocket current = socket;
            return current == null ? Mono.empty() : current.close();
        });
    }

    /** Closes all; then errors with what went wrong. */
    public Mono<Void> closeLater() {
        return closeAll()
                .then(Mono.fromRunnable(
                        () -> Checks.throwFirst(guard.complaints().lastWord())));
    }

    private Mono<Void> closeAll() {
        Mono<Void> stop = Mono.fromRunnable(clients::refuse).then(stopListening());
        Mono<Void> disconnect = Mono.fromRunnable(guard::closing)
                .then(Mono.fromRunnable(clients::close))
                .thenMany(Flux.defer(() -> Flux.fromIterable(connections.list())))
                .flatMap(Conversation::closed)
                .then();
        // What fails is told when the rest is done.
        return Flux.concatDelayError(stop, disconnect, Mono.<Void>fromRunnable(this::cleanUp))
                .then();
    }

    private void cleanUp() {
        inbox().end();
        connections.end(listening);
        events.stop();
        if (folder != null) {
            folder.delete();
        }
    }

    /** Closes all behind the steps of the script that are next, waits for it, and throws what went wrong. */
    public void close() {
        ScriptRun script = behaviour.script();
        AssertionError departure = null;
        Throwable failure = null;
        // Before the connections are closed: what comes of that is no part of the test.
        if (script != null) {
            script.awaitOwnSteps();
            departure = script.lastWord();
        }
        try {
            Checks.await(closeAll().thenReturn(true), "the server to be closed");
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        Checks.throwFirst(failure, departure, guard.complaints().lastWord());
    }

    @Override
    public String toString() {
        return "fake QMP server at " + address();
    }
}
