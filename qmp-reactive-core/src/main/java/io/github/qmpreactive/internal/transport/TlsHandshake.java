package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/**
 * The handshake of TLS on accepted connections. It begins on subscription, and nothing is read before: so it is counted with
 * the handshakes that are under way, and a connection that waits costs nothing.
 */
public final class TlsHandshake {

    private TlsHandshake() {}

    /** Swallows exceptions: the handshake reports them, and Netty would log them as unhandled. */
    private static final class SwallowExceptions extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // Reported by the handshake.
        }
    }

    /**
     * Speaks TLS on a connection, as its server.
     *
     * @param session the name of the session, for errors
     * @param connection an open connection that has not been read from
     * @param context a server's context
     * @param timeout for the handshake
     * @return emits the connection on its event loop, or fails with {@link ConnectError} and
     *     closes it. Never cancelled: closing the connection makes it fail
     */
    public static Mono<Connection> serve(String session, Connection connection, SslContext context, Duration timeout) {
        return OnEventLoop.run(session, connection, () -> {
            Channel channel = connection.channel();
            if (!channel.isActive()) {
                // Here, since a handler that is added this late receives no event, and its handshake has no end.
                return Mono.error(TlsErrors.dialIn(session, channel, new ClosedChannelException()));
            }
            // Not the sink of Mono.create, which drops an error that comes behind a cancel onto Reactor's hooks.
            Sinks.One<Connection> secured = Sinks.one();
            SwallowExceptions swallow = new SwallowExceptions();
            SslHandler handler = context.newHandler(channel.alloc());
            // Zero would be no limit.
            handler.setHandshakeTimeoutMillis(Math.max(1, timeout.toMillis()));
            handler.handshakeFuture().addListener(handshake -> {
                if (handshake.isSuccess()) {
                    channel.pipeline().remove(swallow);
                    secured.tryEmitValue(connection).orThrow();
                } else {
                    connection.dispose();
                    ConnectError error = TlsErrors.dialIn(session, channel, handshake.cause());
                    secured.tryEmitError(error).orThrow();
                }
            });
            channel.pipeline().addFirst("qmp.tls.swallow", swallow).addFirst("qmp.tls", handler);
            FirstBytes.toFront(channel.pipeline());
            channel.read();
            return secured.asMono();
        });
    }
}
