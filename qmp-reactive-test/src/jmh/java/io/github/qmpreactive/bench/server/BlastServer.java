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
import java.util.Set;

/**
 * A QMP server as fast as one thread of Java allows, to measure clients against. It greets, answers whatever looks like a
 * command, and checks nothing. What it knows is told by {@link BlastCommands}.
 */
public final class BlastServer {

    private static final int BACKLOG = 4096;
    private static final int READ_SIZE = 64 * 1024;

    private final Selector selector;
    private final ServerSocketChannel listener;
    private final ByteBuffer in = ByteBuffer.allocate(READ_SIZE);
    private final Set<BlastConnection> connections = new HashSet<>();

    private BlastServer(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        selector = Selector.open();
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Listens until the process that started it has gone (its standard input ends).
     *
     * @param arguments the path of the UNIX socket
     * @throws IOException if it cannot listen
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: BlastServer UNIX_PATH");
            System.exit(2);
        }
        BlastServer server = new BlastServer(Path.of(arguments[0]));
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
            selector.select(this::handle);
        }
    }

    private void handle(SelectionKey key) {
        if (key.isAcceptable()) {
            accept();
            return;
        }
        BlastConnection connection = (BlastConnection) key.attachment();
        try {
            if (key.isReadable() && !connection.read(in, this::broadcast)) {
                close(connection);
                return;
            }
            connection.flush();
        } catch (IOException e) {
            close(connection);
        }
    }

    private void accept() {
        try {
            for (SocketChannel peer = listener.accept(); peer != null; peer = listener.accept()) {
                peer.configureBlocking(false);
                BlastConnection connection = new BlastConnection(peer, peer.register(selector, SelectionKey.OP_READ));
                connections.add(connection);
                connection.greet();
            }
        } catch (IOException e) {
            System.err.println("cannot accept: " + e);
        }
    }

    private void broadcast() {
        for (BlastConnection connection : Set.copyOf(connections)) {
            try {
                connection.event();
            } catch (IOException e) {
                close(connection);
            }
        }
    }

    private void close(BlastConnection connection) {
        connections.remove(connection);
        connection.close();
    }
}
