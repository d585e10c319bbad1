package io.github.qmpreactive.test.internal.leak;

import io.github.qmpreactive.internal.transport.ChannelWatch;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The open sockets that the library and the kit have opened or taken over since {@link #listen()} was called. */
public final class OpenSockets {

    private static final Set<Channel> OPEN = ConcurrentHashMap.newKeySet();

    private OpenSockets() {}

    public static void listen() {
        ChannelWatch.listen(OpenSockets::add);
    }

    /** Returns each with what to call it. */
    public static Map<Channel, String> open() {
        // The future of a channel whose event loop is shut down is never complete.
        OPEN.removeIf(channel -> !channel.isOpen());
        return OPEN.stream().collect(Collectors.toMap(Function.identity(), OpenSockets::describe));
    }

    private static void add(Channel channel) {
        // Others, such as those of Netty's for tests, have no socket.
        if (channel instanceof UnixChannel || channel instanceof AbstractNioChannel) {
            OPEN.add(channel);
            channel.closeFuture().addListener(closed -> OPEN.remove(channel));
        }
    }

    private static String describe(Channel channel) {
        SocketAddress local = channel.localAddress();
        SocketAddress remote = channel.remoteAddress();
        String kind = local instanceof InetSocketAddress || remote instanceof InetSocketAddress ? "TCP" : "UNIX";
        String state =
                channel instanceof ServerChannel ? "listening" : channel.isActive() ? "connected" : "not connected";
        return kind + " socket" + address(" ", local) + address(" to ", remote) + " (" + state + ")";
    }

    /** Empty for a socket that has no address of its own. */
    private static String address(String before, @Nullable SocketAddress address) {
        String text = "";
        if (address instanceof InetSocketAddress inet) {
            text = NetUtil.toSocketAddressString(inet);
        } else if (address instanceof UnixDomainSocketAddress unix) {
            text = unix.getPath().toString();
        } else if (address instanceof DomainSocketAddress unix) {
            text = unix.path();
        }
        return text.isEmpty() ? "" : before + text;
    }
}
