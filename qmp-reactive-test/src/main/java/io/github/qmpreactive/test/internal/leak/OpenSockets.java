package io.github.qmpreactive.test.internal.leak;

import io.github.qmpreactive.internal.transport.ChannelWatch;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The open sockets that the library and the kit have opened or taken over since the first census. */
public final class OpenSockets implements Census<Channel> {

    private static final Set<Channel> OPEN = ConcurrentHashMap.newKeySet();

    /** All of them. */
    public OpenSockets() {
        ChannelWatch.listen(OpenSockets::add);
    }

    @Override
    public Set<Channel> take() {
        // The future of a channel whose event loop is shut down is never complete.
        OPEN.removeIf(channel -> !channel.isOpen());
        return Set.copyOf(OPEN);
    }

    @Override
    public List<String> describe(Collection<Channel> more) {
        return more.stream().map(OpenSockets::describe).toList();
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
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String host = inet.getAddress().getHostAddress();
            text = String.format(Locale.ROOT, host.indexOf(':') < 0 ? "%s:%d" : "[%s]:%d", host, inet.getPort());
        } else if (address instanceof UnixDomainSocketAddress unix) {
            text = unix.getPath().toString();
        } else if (address instanceof DomainSocketAddress unix) {
            text = unix.path();
        }
        return text.isEmpty() ? "" : before + text;
    }
}
