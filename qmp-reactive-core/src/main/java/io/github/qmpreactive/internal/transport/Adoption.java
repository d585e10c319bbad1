package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;

/** Takes over connections that another program has opened. */
public final class Adoption {

    /** On the channel of each connection that was taken over: it can be read from once only. */
    private static final AttributeKey<Boolean> TAKEN = AttributeKey.valueOf("io.github.qmpreactive.taken");

    private static final String NO_BRIDGE =
            "Nothing can be read from this connection, since its channel lacks Reactor Netty's"
                    + " bridge: pass a connection that TcpClient or TcpServer has emitted; for a channel of your own, call"
                    + " ChannelOperations.addReactiveBridge(channel, ...) before the channel is registered with its event loop, and"
                    + " pass the connection that its ConnectionObserver is given with State.CONFIGURED";

    private Adoption() {}

    /**
     * Takes a connection over.
     *
     * @param session the name of the session, for errors
     * @param existing the connection
     * @param onAdopted is given the connection once it is ours
     * @return emits the connection; or fails with {@link IllegalStateException}, and leaves it alone, if it was taken
     *     over before, and with {@link ConnectError} if it is closed
     */
    public static Mono<Connection> of(String session, Connection existing, Consumer<Connection> onAdopted) {
        return Mono.defer(() -> {
            if (existing.channel().attr(TAKEN).setIfAbsent(true) != null) {
                return Mono.error(new IllegalStateException(
                        "[" + session + "] There was a session on this connection before; it can carry one only"));
            }
            ChannelWatch.opened(existing.channel());
            onAdopted.accept(existing);
            if (!existing.channel().isActive()) {
                return Mono.error(new ConnectError(
                        Reason.CLOSED, "[" + session + "] The connection is not open, or not any more", null));
            }
            return isReadable(existing.channel())
                    ? Mono.just(existing)
                    : Mono.error(new ConnectError(Reason.OTHER, "[" + session + "] " + NO_BRIDGE, null));
        });
    }

    /** Whether Reactor Netty reads from it: {@code Connection.from(channel)} makes a connection of any channel. */
    private static boolean isReadable(Channel channel) {
        return channel.pipeline().get(NettyPipeline.ReactiveBridge) != null && ChannelOperations.get(channel) != null;
    }

    /**
     * The name of a session that was not given one.
     *
     * @param connection its connection
     * @return the address of the other side, as far as it has one
     */
    public static String nameOf(Connection connection) {
        @Nullable SocketAddress remote = connection.channel().remoteAddress();
        if (remote instanceof InetSocketAddress inet) {
            return new Endpoint.Tcp(inet.getHostString(), inet.getPort()).toString();
        }
        String text = String.valueOf(remote);
        return remote == null || text.isBlank() ? connection.channel().toString() : text;
    }
}
