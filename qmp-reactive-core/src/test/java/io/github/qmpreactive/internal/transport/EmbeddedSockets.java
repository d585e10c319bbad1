package io.github.qmpreactive.internal.transport;

import io.netty.channel.embedded.EmbeddedChannel;

/** Listening sockets without a system under them: the test's thread is their event loop. */
public final class EmbeddedSockets {

    private EmbeddedSockets() {}

    public static BoundSocket listening(EmbeddedChannel channel) {
        return new BoundSocket("vm", () -> channel, new Endpoint.Tcp("127.0.0.1", 4444), null);
    }
}
