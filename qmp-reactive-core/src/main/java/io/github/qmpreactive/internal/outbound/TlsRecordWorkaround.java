package io.github.qmpreactive.internal.outbound;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.SslHandler;

/**
 * Works around QEMU's reading of TLS: sends a newline in a record of its own behind what was written in one turn of the
 * event loop. QEMU reads one byte whenever its socket has something to read, and does not look at what its TLS library has
 * read already, so it would wait inside a record for more to come. Behind a record of one byte nothing is left to wait for.
 * QEMU 5.2 and 7.2 wait, 10.0 and 11.1 do not. The newline is sent to all of them.
 */
public final class TlsRecordWorkaround {

    private static final byte[] NEWLINE = {'\n'};

    private final boolean tls;

    private TlsRecordWorkaround(boolean tls) {
        this.tls = tls;
    }

    static TlsRecordWorkaround of(Channel channel) {
        return new TlsRecordWorkaround(isTls(channel));
    }

    public static boolean isTls(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** The last command of a burst was flushed: once it is in its record the newline cannot get into the same. */
    void after(ChannelFuture last) {
        if (tls) {
            last.addListener((ChannelFutureListener) written -> {
                if (written.isSuccess()) {
                    var unused = written.channel().writeAndFlush(Unpooled.wrappedBuffer(NEWLINE));
                }
            });
        }
    }
}
