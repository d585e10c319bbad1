package io.github.qmpreactive.internal.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslHandler;

/**
 * Tells a session that the server has closed the connection, and leaves it to the session to close its own side. Otherwise Netty
 * closes that at once and Reactor Netty clears up: thousands of connections that are closed at the same time would hold up their
 * event loop. The session must close it soon: over UNIX sockets epoll reports a connection again until it is closed.
 */
final class EndOfInput extends ChannelInboundHandlerAdapter {

    private final Runnable task;

    private EndOfInput(Runnable task) {
        this.task = task;
    }

    /**
     * Runs a task at the end of the input, once or twice. Never where Netty closes the connection: with TLS, whose own end is part
     * of it, and on transports without half-closed connections, such as the JDK's UNIX sockets.
     */
    static void watch(Channel channel, Runnable task) {
        if (channel.pipeline().get(SslHandler.class) == null
                && channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true)) {
            // The first: a handler of the application may keep the event to itself.
            channel.pipeline().addFirst(new EndOfInput(task));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        context.fireUserEventTriggered(event);
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            task.run();
        }
    }
}
