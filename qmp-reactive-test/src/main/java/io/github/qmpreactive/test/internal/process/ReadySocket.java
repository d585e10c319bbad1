package io.github.qmpreactive.test.internal.process;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket on which a process dials in with a monitor of its own, and answers when it is ready. QEMU opens its monitors
 * in the order of its command line, and runs commands when all of its devices are there: so once this one, the last, has
 * answered, the others listen, and nothing can fail to start any more. No polling, and no client on the other monitors.
 */
public final class ReadySocket implements AutoCloseable {

    private final ServerSocketChannel server;
    private volatile @Nullable SocketChannel client;
    private volatile boolean overdue;

    /**
     * Listens.
     *
     * @throws IOException if that cannot be done
     */
    public ReadySocket(Path path) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
    }

    /** Returns whether the time was over before the process answered. A process that dials in too late ends, too. */
    public boolean isOverdue() {
        return overdue;
    }

    private void giveUp() {
        overdue = true;
        close();
    }

    /**
     * Waits for the process; blocks.
     *
     * @return what it answers to {@code query-chardev}; empty if it has ended, or the time is over
     * @throws IllegalStateException if it refuses to
     */
    public Optional<String> await(Process process, Duration timeout) {
        var giveUp = CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        var late = CompletableFuture.runAsync(this::giveUp, giveUp);
        var ended = process.onExit().thenRun(this::close);
        try {
            SocketChannel monitor = server.accept();
            client = monitor;
            if (!server.isOpen()) {
                // Closed just now, when the client was not known.
                monitor.close();
            }
            BufferedReader lines =
                    new BufferedReader(Channels.newReader(monitor, StandardCharsets.UTF_8.newDecoder(), -1));
            answer(monitor, lines, "qmp_capabilities");
            return Optional.of(answer(monitor, lines, "query-chardev"));
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            late.cancel(false);
            ended.cancel(false);
        }
    }

    private static String answer(SocketChannel monitor, BufferedReader lines, String command) throws IOException {
        monitor.write(StandardCharsets.US_ASCII.encode("{\"execute\": \"" + command + "\"}\n"));
        while (true) {
            String line = lines.readLine();
            if (line == null) {
                throw new EOFException("It has ended");
            }
            if (line.startsWith("{\"return\"")) {
                return line;
            }
            if (line.startsWith("{\"error\"")) {
                throw new IllegalStateException("It refused " + command + ": " + line);
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            SocketChannel monitor = client;
            if (monitor != null) {
                monitor.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
