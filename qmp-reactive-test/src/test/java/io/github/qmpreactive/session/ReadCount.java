package io.github.qmpreactive.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Sinks;

/** Waits for what a channel reads, without taking it away. */
final class ReadCount extends ChannelInboundHandlerAdapter {

    private final Sinks.Many<Integer> lines = Sinks.many().replay().latest();
    private int count;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        String text = ((ByteBuf) message).toString(StandardCharsets.UTF_8);
        ctx.fireChannelRead(message);
        count += (int) text.chars().filter(c -> c == '\n').count() + (text.endsWith("\n") ? 0 : 1);
        lines.tryEmitNext(count).orThrow();
    }

    /** Blocks until so many lines have come, the last of which may be incomplete. */
    void await(int wanted) {
        lines.asFlux().filter(n -> n >= wanted).blockFirst(Clients.PATIENCE);
    }
}
