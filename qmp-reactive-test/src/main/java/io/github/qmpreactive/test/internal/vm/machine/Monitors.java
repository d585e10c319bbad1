package io.github.qmpreactive.test.internal.vm.machine;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.node.ObjectNode;

/** The sockets of a machine, which listens on them or dials. Events go to the clients of all of them. */
public final class Monitors {

    private final boolean listens;

    /** The first may have a client before the second is there. */
    private final List<RunningFakeQmpServer> servers = new CopyOnWriteArrayList<>();

    private final Sinks.Empty<Void> hungUp = Sinks.empty();

    /** A connection that comes as late as this is closed as well. */
    private volatile boolean gone;

    private volatile boolean closed;

    /** None yet. */
    public Monitors(boolean listens) {
        this.listens = listens;
    }

    /** Adds one. */
    public void add(RunningFakeQmpServer server) {
        servers.add(server);
        if (gone) {
            server.stopListening().subscribe();
        }
        server.connections().subscribe(connection -> {
            if (gone) {
                connection.close();
            }
        });
    }

    public RunningFakeQmpServer server(int number) {
        if (number < 0 || number >= servers.size()) {
            throw new IllegalArgumentException("There is no monitor " + number + ": withMonitors(" + servers.size()
                    + ") gives 0 to " + (servers.size() - 1));
        }
        return servers.get(number);
    }

    /** Where clients connect to it. */
    public String address(int number) {
        String address = server(number).address();
        if (!listens) {
            throw new IllegalStateException(
                    "No client can connect to a machine that dials: its session belongs to the client that listens at "
                            + address);
        }
        return address;
    }

    /** Sends an event. */
    public void emit(String event) {
        toAll(server -> server.emit(event));
    }

    /** Sends an event. */
    public void emit(String event, ObjectNode data) {
        String text = data.toString();
        toAll(server -> server.emit(event, text));
    }

    /**
     * Sends an event of the test's own.
     *
     * @throws IllegalStateException if the machine is closed
     */
    public void emit(String event, String data) {
        if (closed) {
            throw new IllegalStateException("The fake VM is closed; emit " + event + " has no effect");
        }
        toAll(server -> server.emit(event, data));
    }

    /** To all monitors but those that the test has closed. */
    private void toAll(Consumer<RunningFakeQmpServer> emit) {
        FakeLoop.run(() -> servers.forEach(server -> {
            try {
                emit.accept(server);
            } catch (IllegalStateException e) {
                if (server.isOpen()) {
                    throw e;
                }
            }
        }));
    }

    /**
     * The machine has ended. A QEMU that has the time removes its sockets, and a client that sees the end of its session
     * finds none; one that is killed leaves them.
     */
    void hangUp(boolean tidily) {
        gone = true;
        if (!tidily) {
            closeConnections();
        }
        // One that the test has closed has no socket.
        Flux.fromIterable(servers)
                .filter(RunningFakeQmpServer::isOpen)
                .flatMap(server -> server.stopListening().then(Mono.fromRunnable(() -> {
                    if (listens && !tidily && server.address().startsWith("unix:")) {
                        leaveBehind(server.path());
                    }
                })))
                .then()
                .doOnTerminate(this::closeConnections)
                .subscribe(unused -> {}, hungUp::tryEmitError, hungUp::tryEmitEmpty);
    }

    private void closeConnections() {
        servers.forEach(server -> server.openConnections().forEach(FakeConnection::close));
    }

    /** Completes when nothing listens any more. */
    public Mono<Void> hungUp() {
        return hungUp.asMono();
    }

    /** Java leaves the socket of a channel where it is, Netty does not. */
    private static void leaveBehind(Path socket) {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void close() {
        closed = true;
        close(servers.iterator());
    }

    /** Closes the others also if one fails. */
    private static void close(Iterator<RunningFakeQmpServer> servers) {
        if (servers.hasNext()) {
            RunningFakeQmpServer server = servers.next();
            try (server) {
                close(servers);
            }
        }
    }
}
