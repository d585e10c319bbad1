package io.github.qmpreactive.internal.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.SocketOption;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * TCP keep-alive: who has said nothing for a while is asked whether it is still there, and is given up when it does not
 * answer three times.
 *
 * @param idle until the first question
 */
public record KeepAlive(Duration idle) {

    private static final int PROBES = 3;

    /** Sets it on a channel; what the transport has no option for is left to the system. */
    void apply(Channel channel) {
        int seconds = (int) Math.min(idle.toSeconds(), Short.MAX_VALUE);
        int interval = Math.max(1, seconds / PROBES);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        set(channel, EpollChannelOption.TCP_KEEPIDLE, ExtendedSocketOptions.TCP_KEEPIDLE, seconds);
        set(channel, EpollChannelOption.TCP_KEEPINTVL, ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
        set(channel, EpollChannelOption.TCP_KEEPCNT, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }

    /** Each transport knows one of the two and passes over the other. */
    private static void set(Channel channel, ChannelOption<Integer> epoll, SocketOption<Integer> nio, int value) {
        if (!channel.config().setOption(epoll, value)) {
            channel.config().setOption(NioChannelOption.of(nio), value);
        }
    }
}
