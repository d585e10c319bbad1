package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;

/** A connection without a socket or a thread: the test says what is received, and when. */
final class EmbeddedConnection {

    final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<ByteBuf> received = new ArrayList<>();

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
        var session = connect(client);
        receive(greeting);
        String negotiation = sent();
        assertTrue(negotiation.contains("qmp_capabilities"));
        own = negotiation.replaceAll("(?s).*\"id\":\"(.*)0\".*", "$1");
        receive("{\"return\": {}, \"id\": \"" + own + "0\"}\r\n");
        return joined(session);
    }

    /** Begins to connect a client. */
    CompletableFuture<QmpSession> connect(QmpClient client) {
        var session = client.connect(connection()).toFuture();
        channel.runPendingTasks();
        return session;
    }

    void receive(String text) {
        receive(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Hands bytes to the client, unless it has closed the channel. */
    void receive(byte[] bytes) {
        if (!channel.isOpen()) {
            return;
        }
        ByteBuf buffer = Unpooled.copiedBuffer(bytes);
        received.add(buffer);
        channel.writeInbound(buffer);
        channel.runPendingTasks();
    }

    /** What was sent since the last call; empty if nothing was. */
    String sent() {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.UTF_8));
            out.release();
        }
        return text.toString();
    }

    /** Whether the client has released every buffer that it was given. */
    boolean hasAllBack() {
        return received.stream().allMatch(buffer -> buffer.refCnt() == 0);
    }
}
