package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;

/** A connection without a socket or a thread: the test says what is received, and when. */
final class EmbeddedConnection {

    final EmbeddedChannel channel = new EmbeddedChannel();

    /** What the ids of the session begin with. */
    String own = "";

    Connection connection() {
        ConnectionObserver observer = ConnectionObserver.emptyListener();
        ChannelOperations.addReactiveBridge(
                channel, (connection, listener, message) -> new ChannelOperations<>(connection, listener), observer);
        ChannelOperations<?, ?> connection = new ChannelOperations<>(() -> channel, observer);
        connection.bind();
        return connection;
    }

    QmpSession session(QmpClient client) {
        return session(client, Dialer.GREETING);
    }

    QmpSession session(QmpClient client, String greeting) {
        var session = client.connect(connection()).toFuture();
        channel.runPendingTasks();
        receive(greeting);
        String negotiation = sent();
        assertTrue(negotiation.contains("qmp_capabilities"));
        own = negotiation.replaceAll("(?s).*\"id\":\"(.*)0\".*", "$1");
        receive("{\"return\": {}, \"id\": \"" + own + "0\"}\r\n");
        return joined(session);
    }

    void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        channel.runPendingTasks();
    }

    /** What was sent next; empty if nothing was. */
    String sent() {
        channel.runPendingTasks();
        ByteBuf out = channel.readOutbound();
        if (out == null) {
            return "";
        }
        try {
            return out.toString(StandardCharsets.UTF_8);
        } finally {
            out.release();
        }
    }
}
