package io.github.qmpreactive.test.internal.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a connection unread until it is released, whichever handler asks for it: QEMU does not begin the handshake of TLS with a
 * client that waits for another one to go.
 */
final class HeldReads extends ChannelOutboundHandlerAdapter {

    private boolean released;

    /** Of a read that is held; null if there is none. */
    private @Nullable ChannelHandlerContext held;

    void release() {
        released = true;
        if (held != null) {
            held.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (released) {
            ctx.read();
        } else {
            held = ctx;
        }
    }
}
