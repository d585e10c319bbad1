package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.junit.Left.listen;
import static io.github.qmpreactive.test.junit.Left.startLoop;
import static io.github.qmpreactive.test.junit.Left.startProcess;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.netty.resources.LoopResources;

/** Classes for {@link QmpGuardsTest} to run: what JUnit finds by itself has no such names. */
final class GuardedTests {

    private GuardedTests() {}

    @QmpGuards
    static class Clean {

        @Test
        void usesTheFake() {
            try (RunningFakeQmpServer server =
                    FakeQmpServer.create().when("quit").reply("{}").startTcp()) {
                QmpClient.create()
                        .address(server.address())
                        .withSession(session -> session.execute("quit"))
                        .blockLast(PATIENCE);
            }
        }

        @Test
        void endsWhatItStarts() throws Exception {
            startLoop("ended");
            startProcess();
            listen();
            Left.tidy();
        }
    }

    static class Clean2 extends Clean {}

    /** Opens and closes sockets all the time, without a guard of its own. */
    static class Busy {

        static final int TESTS = 20;

        @RepeatedTest(TESTS)
        void opens() throws IOException {
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                    Socket client = new Socket()) {
                client.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
                LoopResources loops = LoopResources.create("busy", 1, true);
                loops.onClient(false).next().submit(() -> {}).syncUninterruptibly();
                loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
            }
        }
    }

    @ExtendWith(LeakGuard.class)
    static class Bare extends LeavesNothing {}

    static class LeavesNothing {

        @Test
        void leavesNothing() {}
    }
}
