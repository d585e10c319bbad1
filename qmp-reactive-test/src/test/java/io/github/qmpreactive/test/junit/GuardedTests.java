package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RawClient;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;
import reactor.util.context.Context;

/** Classes for {@link QmpGuardsTest} to run: what JUnit finds by itself has no such names. */
final class GuardedTests {

    private static final Deque<AutoCloseable> LEFT = new ArrayDeque<>();
    private static final Set<Object> KEPT = ConcurrentHashMap.newKeySet();
    private static volatile int port;

    private GuardedTests() {}

    static int port() {
        return port;
    }

    private static void leave(AutoCloseable resource) {
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

    private static LoopResources startLoop(String name) {
        LoopResources loops = LoopResources.create(name, 1, true);
        loops.onClient(false).next().submit(() -> {}).syncUninterruptibly();
        leave(() -> loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE));
        return loops;
    }

    private static void startProcess() throws IOException {
        Process process = new ProcessBuilder("sleep", "600").start();
        leave(process::destroyForcibly);
    }

    private static void listen() throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        port = socket.getLocalPort();
        leave(socket);
    }

    private static void drop() {
        Operators.onErrorDropped(new IllegalStateException("lost error"), Context.empty());
        Operators.onNextDropped("lost value", Context.empty());
    }

    private static void leakBuffer() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer(16);
        buffer.writeInt(1);
    }

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
            tidy();
        }
    }

    static class Clean2 extends Clean {}

    @QmpGuards
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Drops {

        @Test
        @Order(1)
        void drops() {
            drop();
        }

        @Test
        @Order(2)
        void dropsNothing() {}
    }

    @QmpGuards
    static class LeaksBuffer {

        @Test
        void leaks() {
            leakBuffer();
        }
    }

    static class LeaksInside {

        @Nested
        @QmpGuards
        class Inside {

            @Test
            void leaks() {
                leakBuffer();
            }
        }
    }

    @QmpGuards
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class LeavesLoop {

        @Test
        @Order(1)
        void leaves() {
            startLoop("left-behind");
        }

        @Test
        @Order(2)
        void leavesNothing() {}
    }

    @QmpGuards
    static class LeavesListener {

        @Test
        void leaves() {
            QmpListener listener =
                    QmpClient.create().tcp("127.0.0.1", 0).listen().block(PATIENCE);
            leave(() -> listener.close().block(PATIENCE));
            port = Integer.parseInt(listener.address().replaceAll(".*:", ""));
        }
    }

    @QmpGuards
    static class LeavesFake {

        @Test
        void leaves() throws IOException {
            RunningFakeQmpServer server = FakeQmpServer.create().startTcp();
            leave(server);
            port = server.port();
            RawClient client = RawClient.connect(server.address());
            leave(client);
            client.line();
        }
    }

    @QmpGuards
    static class LeavesAdopted {

        @Test
        void leaves() {
            RunningFakeQmpServer server = FakeQmpServer.create().startTcp();
            Connection connection =
                    TcpClient.create().host("127.0.0.1").port(server.port()).connectNow();
            QmpSession session = QmpClient.create().connect(connection).block(PATIENCE);
            leave(() -> session.disconnect().block(PATIENCE));
            leave(server);
        }
    }

    /** What has nothing to do with QMP: idle connections of pools, a web server, bare sockets, the JVM's own. */
    @QmpGuards
    static class LeavesOthers {

        @Test
        void webServerAndPools() throws Exception {
            DisposableServer server = HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .handle((request, response) -> response.sendString(Mono.just("ok")))
                    .bindNow();
            leave(() -> server.disposeNow(PATIENCE));
            URI uri = URI.create("http://127.0.0.1:" + server.port());
            HttpClient jdk = HttpClient.newHttpClient();
            jdk.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            leave(() -> KEPT.remove(jdk));
            KEPT.add(jdk);
            ConnectionProvider pool = ConnectionProvider.create("pool", 1);
            leave(() -> pool.disposeLater().block(PATIENCE));
            reactor.netty.http.client.HttpClient.create(pool)
                    .get()
                    .uri(uri)
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(PATIENCE);
            WebClient.create(uri.toString())
                    .get()
                    .retrieve()
                    .bodyToMono(String.class)
                    .block(PATIENCE);
        }

        @Test
        void attaching() throws Exception {
            Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            Assumptions.assumeTrue(Files.exists(jcmd), "there is no jcmd");
            Process process = new ProcessBuilder(
                            jcmd.toString(),
                            Long.toString(ProcessHandle.current().pid()),
                            "VM.version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Assertions.assertEquals(0, process.waitFor());
        }

        @Test
        void bareSockets() throws IOException {
            leave(SocketChannel.open());
            listen();
        }
    }

    /** As a web server does that is started before the first test, and is asked for the first time in it. */
    @QmpGuards
    static class UsesServerOfTheClass {

        private static final LoopResources LOOPS = LoopResources.create("web", 1, 3, true);

        @BeforeAll
        static void start() {
            LOOPS.onServer(false).next().submit(() -> {}).syncUninterruptibly();
            leave(() -> LOOPS.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE));
        }

        @Test
        void uses() {
            LOOPS.onServer(false).next().submit(() -> {}).syncUninterruptibly();
        }
    }

    /** Sets hooks of its own, which are to stay. */
    @QmpGuards
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class SetsHooks {

        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @BeforeAll
        static void set() {
            Hooks.onErrorDropped(error -> SEEN.add("class: " + error.getMessage()));
        }

        @Test
        @Order(1)
        void drops() {
            Operators.onErrorDropped(new IllegalStateException("first"), Context.empty());
        }

        @Test
        @Order(2)
        void dropsAgain() {
            Operators.onErrorDropped(new IllegalStateException("second"), Context.empty());
        }
    }

    @QmpGuards
    static class LeavesSession {

        @Test
        void leaves() throws IOException {
            RunningFakeQmpServer server = FakeQmpServer.create().startUnix();
            leave(server);
            QmpSession session =
                    QmpClient.create().address(server.address()).connect().block(PATIENCE);
            // Used and referred to: else it is closed when the garbage collector finds it.
            leave(() -> session.disconnect().block(PATIENCE));
        }
    }

    @QmpGuards
    static class LeavesProcess {

        @Test
        void leaves() throws IOException {
            startProcess();
        }
    }

    @QmpGuards
    static class LeavesQemu {

        @Test
        void leaves() {
            leave(QemuLauncher.system().start());
        }
    }

    @QmpGuards(except = Guard.SOCKETS)
    static class SocketsOff extends LeavesListener {}

    @QmpGuards(except = Guard.PROCESSES)
    static class ProcessesOff extends LeavesProcess {}

    @QmpGuards(except = Guard.DROPPED_SIGNALS)
    static class DroppedOff {

        @Test
        void drops() {
            Operators.onNextDropped("lost value", Context.empty());
        }
    }

    @Qemu
    @QmpGuards
    static class WithQemu {

        private final QmpSession session;

        WithQemu(QmpSession session) {
            this.session = session;
        }

        @RepeatedTest(2)
        void asks(QmpClient client) {
            session.execute("query-version").block(PATIENCE);
            client.withSession(other -> other.execute("query-version")).blockLast(PATIENCE);
        }

        @Test
        void starts() {
            try (QemuProcess own = QemuLauncher.system().start()) {
                own.terminate();
                own.exitCode().block(PATIENCE);
            }
        }
    }

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
