package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.junit.Left.leave;
import static io.github.qmpreactive.test.junit.Left.listen;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RawClient;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpClient;

/** Classes for {@link QmpGuardsTest} to run: of sockets. */
final class GuardedSockets {

    private static final Set<Object> KEPT = ConcurrentHashMap.newKeySet();

    private GuardedSockets() {}

    @QmpGuards
    static class LeavesListener {

        @Test
        void leaves() {
            QmpListener listener =
                    QmpClient.create().tcp("127.0.0.1", 0).listen().block(PATIENCE);
            leave(() -> listener.close().block(PATIENCE));
            Left.port(Integer.parseInt(listener.address().replaceAll(".*:", "")));
        }
    }

    @QmpGuards
    static class LeavesFake {

        @Test
        void leaves() throws IOException {
            RunningFakeQmpServer server = FakeQmpServer.create().startTcp();
            leave(server);
            Left.port(server.port());
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

    @QmpGuards(except = Guard.SOCKETS)
    static class SocketsOff extends LeavesListener {}
}
