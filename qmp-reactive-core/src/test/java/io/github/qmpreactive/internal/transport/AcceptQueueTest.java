package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.CapturedLog;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

@DisplayName("Accepted connections")
class AcceptQueueTest {

    private final List<Connection> told = new ArrayList<>();
    private final AcceptQueue arrivals = new AcceptQueue();
    private DisposableServer server;
    private BoundSocket socket;

    @BeforeEach
    void listen() {
        server = TcpServer.create().host("127.0.0.1").port(0).bindNow();
        socket = new BoundSocket("vm", server, new Endpoint.Tcp("127.0.0.1", server.port()), null);
    }

    @AfterEach
    void close() {
        server.disposeNow();
    }

    private static List<Connection> connections(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> Connection.from(new EmbeddedChannel()))
                .toList();
    }

    private void dial(Connection connection) {
        arrivals.arriving(connection.channel());
        arrivals.ready(connection);
    }

    @Test
    @DisplayName(
            "that come before `bind` returns are delivered after it, in order; closing the socket leaves them open")
    void early() {
        List<Connection> dialled = connections(3);
        dialled.forEach(this::dial);
        assertEquals(List.of(), told);
        arrivals.bound(socket, told::add);
        assertEquals(dialled, told);
        socket.dispose();
        dialled.forEach(connection -> assertTrue(connection.channel().isOpen()));
    }

    @Test
    @DisplayName("that are not ready when the socket is closed are closed, and not delivered")
    void notReady() {
        Connection arriving = connections(1).get(0);
        arrivals.arriving(arriving.channel());
        arrivals.bound(socket, told::add);
        socket.dispose();
        assertFalse(arriving.channel().isOpen());
        assertEquals(List.of(), told);
    }

    @Test
    @DisplayName("are closed if listening has failed behind the bind, also those that come later")
    void failed() {
        List<Connection> dialled = connections(3);
        arrivals.arriving(dialled.get(0).channel());
        dial(dialled.get(1));
        arrivals.close();
        dial(dialled.get(2));
        dialled.forEach(connection -> assertFalse(connection.channel().isOpen()));
        assertEquals(List.of(), told);
    }

    @Test
    @DisplayName("that come while one is delivered, or on other threads, are delivered one at a time, and all of them")
    void atOnce() {
        List<Connection> dialled = connections(400);
        arrivals.bound(socket, connection -> {
            told.add(connection);
            if (told.size() == 1) {
                dial(dialled.get(399));
                assertEquals(1, told.size());
            }
        });
        dial(dialled.get(0));
        assertEquals(List.of(dialled.get(0), dialled.get(399)), told);
        CompletableFuture<?>[] threads = IntStream.range(0, 2)
                .mapToObj(thread -> CompletableFuture.runAsync(() ->
                        dialled.subList(1 + thread * 199, 200 + thread * 199).forEach(this::dial)))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(threads).join();
        // The one who came last may have left it to the other thread, which has left by now.
        assertEquals(400, told.stream().distinct().count());
        assertEquals(400, told.size());
    }

    @Test
    @DisplayName("are delivered after one whose handler has thrown an error of the JVM")
    void handlerThrows() {
        List<Connection> dialled = connections(2);
        arrivals.bound(socket, connection -> {
            told.add(connection);
            if (told.size() == 1) {
                throw new NoClassDefFoundError("SslHandler");
            }
        });
        try (CapturedLog log = new CapturedLog("io.github.qmpreactive.listener")) {
            dialled.forEach(this::dial);
            assertEquals(dialled, told);
            assertEquals(
                    List.of("ERROR Cannot handle an accepted connection: java.lang.NoClassDefFoundError: SslHandler"),
                    log.lines());
        }
    }
}
