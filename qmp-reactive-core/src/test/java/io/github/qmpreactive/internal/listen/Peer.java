package io.github.qmpreactive.internal.listen;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/** An accepted connection, on the test's thread. Its channel closes at once, the connection ends when the test says so. */
final class Peer implements Connection {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Sinks.Empty<Void> end = Sinks.empty();

    Peer() {
        channel.freezeTime();
    }

    @Override
    public EmbeddedChannel channel() {
        return channel;
    }

    @Override
    public Mono<Void> onDispose() {
        return end.asMono();
    }

    @Override
    public void dispose() {
        channel.close();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void send() {
        channel.writeInbound("bytes");
    }

    /** The event loop reads from its sockets, and then runs what is due. */
    void loopTurns() {
        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    void ends() {
        channel.close();
        end.tryEmitEmpty().orThrow();
    }
}
