package io.github.qmpreactive.test.internal.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A UNIX socket that a process opens at some time, and does not tell when. */
public final class ListeningSocket {

    private static final long PAUSE_MS = 5;

    private ListeningSocket() {}

    /**
     * Waits until the process listens; blocks.
     *
     * @return whether it listens: false if it has ended, or the time is over
     */
    public static boolean await(Path path, Process process, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            while (!process.waitFor(PAUSE_MS, TimeUnit.MILLISECONDS) && System.nanoTime() < end) {
                if (listens(path)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static boolean listens(Path path) {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return socket.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }
}
