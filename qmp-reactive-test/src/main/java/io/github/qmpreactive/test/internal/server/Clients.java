package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a running server, from the first byte of a connection to its end. As at QEMU's monitor one is served at a
 * time, unless all are. Lives on the fakes' event loop.
 */
final class Clients {

    private final Function<FakeChannel, Conversation> open;
    private final boolean servesAll;
    private final Set<FakeChannel> channels = ConcurrentHashMap.newKeySet();
    private final Queue<Client> waiting = new ArrayDeque<>();
    private @Nullable Client serving;
    private boolean otherClient;
    private volatile boolean refusing;
    private volatile boolean closed;

    Clients(ServerOptions options, Function<FakeChannel, Conversation> open) {
        this.open = open;
        this.servesAll = options.servesAll;
        this.otherClient = options.otherClient;
    }

    FakeChannel.Listener accept(FakeChannel channel) {
        channels.add(channel);
        Client client = new Client(channel);
        if (channel.holdsTls()) {
            waiting.add(client);
            serveNext();
        }
        return client;
    }

    /** The client goes that only seems to be there; from any thread. */
    void releaseOther() {
        FakeLoop.run(() -> {
            otherClient = false;
            serveNext();
        });
    }

    /** From now on, closes each connection as soon as it is open. */
    void refuse() {
        refusing = true;
    }

    void close() {
        closed = true;
        FakeLoop.run(() -> List.copyOf(channels).forEach(FakeChannel::closeNow));
    }

    boolean isClosed() {
        return closed;
    }

    private void serveNext() {
        while (!waiting.isEmpty() && (servesAll || (!otherClient && serving == null))) {
            serving = waiting.remove();
            serving.serve();
        }
    }

    private final class Client implements FakeChannel.Listener {

        private final FakeChannel channel;
        private @Nullable Conversation conversation;
        private boolean served;

        Client(FakeChannel channel) {
            this.channel = channel;
        }

        void serve() {
            served = true;
            if (conversation == null) {
                channel.letIn();
            } else {
                conversation.serve();
            }
        }

        @Override
        public void onOpen() {
            Conversation opened = open.apply(channel);
            conversation = opened;
            if (refusing) {
                channel.closeNow();
            } else if (served) {
                opened.serve();
            } else {
                waiting.add(this);
                serveNext();
            }
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            if (conversation != null) {
                conversation.onBytes(bytes);
            }
        }

        @Override
        public void onClosed() {
            channels.remove(channel);
            if (conversation != null) {
                conversation.onClosed();
            }
            waiting.remove(this);
            if (serving == this) {
                serving = null;
            }
            serveNext();
        }
    }
}
