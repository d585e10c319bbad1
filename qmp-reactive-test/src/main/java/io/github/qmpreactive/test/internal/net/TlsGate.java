package io.github.qmpreactive.test.internal.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads nothing before a client has its turn, not even the handshake of TLS: QEMU does not so much as accept a client while
 * another one is connected.
 */
final class TlsGate extends ChannelDuplexHandler {

    private final Runnable onActive;
    private boolean open;
    private @Nullable ChannelHandlerContext waiting;

    TlsGate(Runnable onActive) {
        this.onActive = onActive;
    }

    void open() {
        open = true;
        if (waiting != null) {
            waiting.read();
            waiting = null;
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        onActive.run();
        ctx.fireChannelActive();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (open) {
            ctx.read();
        } else {
            waiting = ctx;
        }
    }
}
