package io.github.qmpreactive.internal.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslHandler;

/**
 * Tells a session that the server has closed the connection, and leaves it to the session to close it on this side. Netty would at
 * once, and Reactor Netty clear up behind it: thousands of connections that are closed at the same time hold up their event loop
 * by that. The end of TLS is the business of its own handler.
 */
final class EndOfInput extends ChannelInboundHandlerAdapter {

    private final Runnable task;

    private EndOfInput(Runnable task) {
        this.task = task;
    }

    /** Runs a task at the end of the input, once or twice, behind a handler; not where Netty closes the connection all the same. */
    static void watch(Channel channel, String reader, Runnable task) {
        if (channel.pipeline().get(SslHandler.class) == null
                && channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true)) {
            channel.pipeline().addAfter(reader, null, new EndOfInput(task));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // Which of them comes depends on the transport; with some both do.
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            task.run();
        } else {
            context.fireUserEventTriggered(event);
        }
    }
}
