package io.github.qmpreactive.internal.transport;

import io.netty.channel.Channel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the test kit of each channel that the library opens or takes over. The kit cannot tell the sockets of this library
 * from those of web servers and connection pools otherwise.
 */
public final class ChannelWatch {

    private static volatile @Nullable Consumer<Channel> listener;

    private ChannelWatch() {}

    /**
     * Sets the listener, in place of an earlier one.
     *
     * @param next is given each channel, on any thread; it must neither block nor throw
     */
    public static void listen(Consumer<Channel> next) {
        listener = next;
    }

    /**
     * Tells the listener, if there is one.
     *
     * @param channel the channel
     */
    public static void opened(Channel channel) {
        Consumer<Channel> told = listener;
        if (told != null) {
            told.accept(channel);
        }
    }
}
