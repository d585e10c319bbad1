package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.CapturedLog;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;

@DisplayName("Accepting connections")
class AcceptBackOffTest {

    private DisposableServer server;
    private BoundSocket socket;
    private Channel channel;

    @BeforeEach
    void listen() {
        server = TcpServer.create().host("127.0.0.1").port(0).bindNow();
        socket = new BoundSocket("vm", server, new Endpoint.Tcp("127.0.0.1", server.port()), null);
        channel = server.channel();
    }

    @AfterEach
    void close() {
        server.disposeNow();
    }

    private void onLoop(Runnable task) {
        channel.eventLoop().submit(task).syncUninterruptibly();
    }

    private void fails() {
        onLoop(() -> channel.pipeline().fireExceptionCaught(tooMany()));
    }

    private static IOException tooMany() {
        return new IOException("accept(..) failed: Too many open files");
    }

    /** What was scheduled before for the same time or an earlier one has run. */
    private void secondPasses() {
        channel.eventLoop().schedule(() -> {}, 1_001, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    @Test
    @DisplayName("stops for a second when it fails, whatever the listener wants meanwhile")
    void backsOff() {
        // In one task: the second may pass between two.
        onLoop(() -> {
            channel.pipeline().fireExceptionCaught(tooMany());
            assertFalse(channel.config().isAutoRead());
            socket.takeMore(true);
            assertFalse(channel.config().isAutoRead());
        });
        secondPasses();
        assertTrue(channel.config().isAutoRead());
    }

    @Test
    @DisplayName("does not go on after that second where the listener wants none")
    void unwanted() {
        fails();
        onLoop(() -> socket.takeMore(false));
        secondPasses();
        assertFalse(channel.config().isAutoRead());
        onLoop(() -> socket.takeMore(true));
        assertTrue(channel.config().isAutoRead());
    }

    @Test
    @DisplayName("goes on when the handler of a connection throws")
    void throwing() {
        List<Connection> told = new ArrayList<>();
        AcceptQueue arrivals = new AcceptQueue();
        arrivals.bound(socket, connection -> {
            told.add(connection);
            if (told.size() == 1) {
                throw new IllegalStateException("rude");
            }
        });
        try (CapturedLog log = new CapturedLog("io.github.qmpreactive.listener")) {
            arrivals.ready(Connection.from(new EmbeddedChannel()));
            arrivals.ready(Connection.from(new EmbeddedChannel()));
            assertEquals(2, told.size());
            assertEquals(
                    List.of("ERROR Cannot handle an accepted connection: java.lang.IllegalStateException: rude"),
                    log.lines());
        }
    }
}
