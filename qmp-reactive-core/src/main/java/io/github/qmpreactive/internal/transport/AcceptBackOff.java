package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.internal.log.LogLimit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Accepts as the listener wants it, but not for a second after accepting has failed, of too many open files for example:
 * it would fail again at once, for ever. In place of what Reactor Netty does then, which begins again whether or not it
 * is wanted.
 */
final class AcceptBackOff extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.listener");
    private static final int SECONDS = 1;

    private final String session;
    private final Channel server;
    private final LogLimit limit;
    private volatile boolean wanted = true;
    private volatile boolean backingOff;

    AcceptBackOff(String session, Channel server, LogLimit limit) {
        this.session = session;
        this.server = server;
        this.limit = limit;
    }

    void want(boolean more) {
        wanted = more;
        apply();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (limit.tryAcquire()) {
            LOG.warn("[{}] Cannot accept connections, trying again in {} s: {}", session, SECONDS, cause.toString());
        }
        if (backingOff) {
            return;
        }
        backingOff = true;
        server.config().setAutoRead(false);
        try {
            var unused = server.eventLoop().schedule(this::goOn, SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("[{}] The event loop is shut down", session);
        }
    }

    private void goOn() {
        backingOff = false;
        apply();
    }

    private void apply() {
        if (!backingOff && server.isOpen() && !server.eventLoop().isShuttingDown()) {
            server.config().setAutoRead(wanted);
        }
    }
}
