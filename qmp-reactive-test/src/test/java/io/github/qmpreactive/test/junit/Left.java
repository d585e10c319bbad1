package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import reactor.netty.resources.LoopResources;

/** What the classes for {@link QmpGuardsTest} leave behind, to be ended when that was seen. */
final class Left {

    private static final Deque<AutoCloseable> LEFT = new ArrayDeque<>();
    private static volatile int port;

    private Left() {}

    static int port() {
        return port;
    }

    static void port(int number) {
        port = number;
    }

    static void leave(AutoCloseable resource) {
        synchronized (LEFT) {
            LEFT.push(resource);
        }
    }

    /** Ends what the classes have left behind. */
    static void tidy() throws Exception {
        synchronized (LEFT) {
            while (!LEFT.isEmpty()) {
                LEFT.pop().close();
            }
        }
    }

    static LoopResources startLoop(String name) {
        LoopResources loops = LoopResources.create(name, 1, true);
        loops.onClient(false).next().submit(() -> {}).syncUninterruptibly();
        leave(() -> loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE));
        return loops;
    }

    static void startProcess() throws IOException {
        Process process = new ProcessBuilder("sleep", "600").start();
        leave(process::destroyForcibly);
    }

    static void listen() throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        port = socket.getLocalPort();
        leave(socket);
    }
}
