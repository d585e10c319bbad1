package io.github.qmpreactive.bench.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A QMP server as fast as one thread of Java allows, to measure clients against. It greets, answers whatever looks like a
 * command, and checks nothing. What it knows is told by {@link BlastCommands}. It listens at two sockets, and at a third one
 * where it accepts and stays silent.
 */
public final class BlastServer {

    private static final int BACKLOG = 4096;
    private static final int READ_SIZE = 64 * 1024;
    private static final int SILENT = 2;

    private final Selector selector;
    private final List<Path> sockets;
    private final ServerSocketChannel[] listeners;

    /** When a socket listens again, in nanoseconds; 0 where it does. */
    private final long[] closedUntil;

    private final ByteBuffer in = ByteBuffer.allocate(READ_SIZE);
    private final Set<BlastConnection> connections = new HashSet<>();
    private int handshakes;
    private int mostHandshakes;

    private BlastServer(List<Path> sockets) throws IOException {
        this.selector = Selector.open();
        this.sockets = sockets;
        this.listeners = new ServerSocketChannel[sockets.size()];
        this.closedUntil = new long[sockets.size()];
        for (int i = 0; i < listeners.length; i++) {
            listen(i);
        }
    }

    /**
     * Listens until the process that started it has gone (its standard input ends).
     *
     * @param arguments the paths of the UNIX sockets: two, and the silent one
     * @throws IOException if it cannot listen
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != SILENT + 1) {
            System.err.println("usage: BlastServer UNIX_PATH UNIX_PATH SILENT_UNIX_PATH");
            System.exit(2);
        }
        BlastServer server =
                new BlastServer(List.of(arguments).stream().map(Path::of).toList());
        Thread parent = new Thread(BlastServer::exitWithParent, "parent-watch");
        parent.setDaemon(true);
        parent.start();
        System.out.println("listening");
        server.run();
    }

    private static void exitWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever said.
            }
        } catch (IOException e) {
            // As good as an end.
        }
        System.exit(0);
    }

    private void run() throws IOException {
        while (true) {
            long wait = 0;
            for (int i = 0; i < closedUntil.length; i++) {
                long left = closedUntil[i] - System.nanoTime();
                if (closedUntil[i] != 0 && left <= 0) {
                    listen(i);
                } else if (closedUntil[i] != 0) {
                    wait = Math.max(1, left / 1_000_000);
                }
            }
            selector.select(this::handle, wait);
        }
    }

    private void listen(int socket) throws IOException {
        closedUntil[socket] = 0;
        Files.deleteIfExists(sockets.get(socket));
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(sockets.get(socket)), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT, socket);
        listeners[socket] = listener;
    }

    private void handle(SelectionKey key) {
        if (!key.isValid()) {
            return; // closed by a restart within this round
        }
        if (key.isAcceptable()) {
            accept((Integer) key.attachment());
            return;
        }
        BlastConnection connection = (BlastConnection) key.attachment();
        boolean began = connection.isNegotiated();
        try {
            if (key.isReadable() && !connection.read(in, this)) {
                close(connection);
                return;
            }
            connection.flush();
            if (!began && connection.isNegotiated()) {
                handshakes--;
            }
        } catch (IOException e) {
            close(connection);
        }
    }

    private void accept(int socket) {
        ServerSocketChannel listener = listeners[socket];
        try {
            for (SocketChannel peer = listener.accept(); peer != null; peer = listener.accept()) {
                peer.configureBlocking(false);
                begin(new BlastConnection(socket, peer, peer.register(selector, SelectionKey.OP_READ)));
            }
        } catch (IOException e) {
            System.err.println("cannot accept: " + e);
        }
    }

    private void begin(BlastConnection connection) {
        connections.add(connection);
        if (connection.socket() == SILENT) {
            connection.negotiated();
            return;
        }
        handshakes++;
        mostHandshakes = Math.max(mostHandshakes, handshakes);
        try {
            connection.greet();
        } catch (IOException e) {
            close(connection); // its client has gone already
        }
    }

    void broadcast() {
        for (BlastConnection connection : Set.copyOf(connections)) {
            try {
                if (connection.socket() != SILENT) {
                    connection.event();
                }
            } catch (IOException e) {
                close(connection);
            }
        }
    }

    /** As when a host is started again: first nothing listens, and then the socket is back. */
    void restart(int socket, long millis) {
        try {
            listeners[socket].close();
            Files.deleteIfExists(sockets.get(socket));
        } catch (IOException e) {
            System.err.println("cannot close: " + e);
        }
        closedUntil[socket] = System.nanoTime() + millis * 1_000_000;
        for (BlastConnection connection : Set.copyOf(connections)) {
            if (connection.socket() == socket) {
                close(connection);
            }
        }
    }

    int handshakes() {
        int most = mostHandshakes;
        mostHandshakes = handshakes;
        return most;
    }

    private void close(BlastConnection connection) {
        if (connections.remove(connection) && !connection.isNegotiated()) {
            handshakes--;
        }
        connection.close();
    }
}
