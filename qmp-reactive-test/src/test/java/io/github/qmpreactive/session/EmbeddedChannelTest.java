package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A session on a channel that is made for tests")
class EmbeddedChannelTest {

    private final EmbeddedPeer peer = new EmbeddedPeer();
    private final EmbeddedChannel channel = peer.channel;
    private String own = "";

    private QmpSession adopt() {
        var session = peer.connect(QmpClient.create().name("vm"));
        peer.receive(Dialer.GREETING);
        String negotiation = peer.sent();
        assertTrue(negotiation.contains("qmp_capabilities"));
        own = negotiation.replaceAll("(?s).*\"id\":\"(.*)0\".*", "$1");
        peer.receive("{\"return\": {}, \"id\": \"" + own + "0\"}\r\n");
        return joined(session);
    }

    @Test
    @DisplayName("greets, negotiates, runs a command, and ends as on any other")
    void session() {
        QmpSession session = adopt();
        var reply = session.execute("query-status").toFuture();
        channel.runPendingTasks();
        assertEquals("{\"execute\":\"query-status\",\"id\":\"" + own + "1\"}\n", peer.sent());
        peer.receive("{\"return\": {\"status\": \"paused\"}, \"id\": \"" + own + "1\"}\r\n");
        assertEquals("paused", joined(reply).path("status").asString());
        var end = session.disconnect().toFuture();
        channel.runPendingTasks();
        joined(end.thenApply(nothing -> true));
        assertEquals(SessionState.DISCONNECTED, session.state());
        assertFalse(channel.isOpen());
    }

    @Test
    @DisplayName("P24 a write fails, and nothing more is heard: after one second the session is lost, with what failed")
    void writeFails() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            QmpSession session = adopt();
            channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                    ReferenceCountUtil.release(message);
                    promise.setFailure(new IOException("broken"));
                }
            });
            var reply = session.execute("query-status").toFuture();
            channel.runPendingTasks();
            time.advanceTimeBy(Duration.ofMillis(999));
            assertEquals(SessionState.RUNNING, session.state());
            time.advanceTimeBy(Duration.ofMillis(2));
            assertEquals(SessionState.DISCONNECTED, session.state());
            ExecInterruptedError error = assertInstanceOf(
                    ExecInterruptedError.class,
                    assertThrows(CompletionException.class, () -> joined(reply)).getCause());
            assertEquals(
                    ConnectionLostError.How.RESET,
                    assertInstanceOf(ConnectionLostError.class, error.getCause())
                            .how());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }
}
