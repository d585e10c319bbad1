package io.github.qmpreactive.internal.transport;

import io.netty.channel.Channel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The sockets beneath channels. */
public final class Sockets {

    private static final Logger LOG = Loggers.getLogger(Sockets.class);

    private Sockets() {}

    /**
     * Closes the socket of a channel whose event loop is shut down, so that the server notices: the channel itself cannot
     * be closed any more. Does nothing if it is closed, or of a transport without a socket.
     *
     * @param session the name of the session, for the log
     * @param channel the channel
     */
    public static void close(String session, Channel channel) {
        try {
            if (channel instanceof UnixChannel unix) {
                if (unix.fd().isOpen()) {
                    unix.fd().close();
                }
            } else if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
                nio.ch().close();
            }
        } catch (IOException e) {
            LOG.debug("[{}] Closing {} failed", session, channel, e);
        }
    }
}
