package io.github.qmpreactive.internal.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;

/** Sees whether anything was read from a channel, before TLS has made anything of it. */
@Sharable
public final class FirstBytes extends ChannelInboundHandlerAdapter {

    private static final String NAME = "qmp.first-bytes";

    private volatile boolean seen;

    private FirstBytes() {}

    /**
     * Begins to watch a channel.
     *
     * @param channel nothing was read from it yet
     * @return what sees it
     */
    public static FirstBytes of(Channel channel) {
        FirstBytes watch = new FirstBytes();
        channel.pipeline().addFirst(NAME, watch);
        return watch;
    }

    /** Handlers were put in front of it. */
    static void toFront(ChannelPipeline pipeline) {
        if (pipeline.get(NAME) != null) {
            pipeline.addFirst(NAME, pipeline.remove(NAME));
        }
    }

    /**
     * Whether anything was read.
     *
     * @return whether it was; readable from any thread
     */
    public boolean seen() {
        return seen;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        seen = true;
        ctx.fireChannelRead(message);
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }
}
