package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;

/** A server without a socket: all that a session does on its event loop, it does when the test says so, on its thread. */
final class EmbeddedPeer {

    final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<ByteBuf> given = new ArrayList<>();

    /** Begins to connect a client. */
    CompletableFuture<QmpSession> connect(QmpClient client) {
        ConnectionObserver observer = ConnectionObserver.emptyListener();
        ChannelOperations.addReactiveBridge(
                channel, (connection, listener, message) -> new ChannelOperations<>(connection, listener), observer);
        ChannelOperations<?, ?> connection = new ChannelOperations<>(() -> channel, observer);
        connection.bind();
        var session = client.connect(connection).toFuture();
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
        given.add(buffer);
        channel.writeInbound(buffer);
        channel.runPendingTasks();
    }

    /** What the client has sent since the last call. */
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
        return given.stream().allMatch(buffer -> buffer.refCnt() == 0);
    }
}
