package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The clients of a running server, from the first byte of a connection to its end. Lives on the fakes' event loop. */
final class Clients {

    private final Function<FakeChannel, FakeConnection> open;
    private final ClientQueue queue;
    private final Set<FakeChannel> channels = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile boolean closed;

    Clients(ServerOptions options, Function<FakeChannel, FakeConnection> open) {
        this.queue = new ClientQueue(options);
        this.open = open;
    }

    FakeChannel.Listener accept(FakeChannel channel) {
        channels.add(channel);
        return new Client(channel);
    }

    void releaseOther() {
        queue.releaseOther();
    }

    /** From now on, closes each connection as soon as it is open. */
    void refuse() {
        refusing = true;
    }

    /** Closes all connections; from any thread. */
    void close() {
        closed = true;
        FakeLoop.run(() -> channels.forEach(FakeChannel::closeNow));
    }

    boolean isClosed() {
        return closed;
    }

    private final class Client implements FakeChannel.Listener, ClientQueue.Client {

        private final FakeChannel channel;
        private boolean hasTurn;
        private @Nullable FakeConnection connection;

        Client(FakeChannel channel) {
            this.channel = channel;
        }

        @Override
        public void onArrival() {
            queue.enter(this);
        }

        @Override
        public void onTurn() {
            channel.run(() -> {
                hasTurn = true;
                channel.letIn();
                if (connection != null) {
                    connection.conversation().serve();
                }
            });
        }

        @Override
        public void onOpen() {
            FakeConnection opened = open.apply(channel);
            connection = opened;
            if (refusing) {
                channel.closeNow();
            } else if (hasTurn) {
                opened.conversation().serve();
            }
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            if (connection != null) {
                connection.conversation().onBytes(bytes);
            }
        }

        @Override
        public void onClosed() {
            channels.remove(channel);
            if (connection != null) {
                connection.conversation().onClosed();
            }
            queue.leave(this);
        }
    }
}
