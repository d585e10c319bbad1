package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.option.FdSource;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.UnixDomainSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether a connection carries descriptors, and the sending of them. */
public final class DescriptorTransport implements DescriptorSender {

    /** White space between messages, to the server: anything else would be an error without an id. */
    private static final byte CARRIER = ' ';

    private final Supplier<String> prefix;
    private final Channel channel;

    /**
     * For one connection, whatever it is.
     *
     * @param prefix what the messages of errors begin with, at the time
     * @param channel the connection
     */
    public DescriptorTransport(Supplier<String> prefix, Channel channel) {
        this.prefix = prefix;
        this.channel = channel;
    }

    /**
     * Opens or duplicates a descriptor to send on this connection; on any thread.
     *
     * @param source what to take
     * @return ours, to be closed
     * @throws DescriptorPassingError if this connection, this computer or this source does not do
     */
    public Descriptor take(FdSource source) {
        DescriptorPassingError problem = problem(source);
        if (problem != null) {
            throw problem;
        }
        DescriptorSupport.require(prefix.get(), source);
        return Descriptor.take(prefix.get(), source);
    }

    @Override
    public Result send(Descriptor descriptor) {
        DomainSocketChannel socket = (DomainSocketChannel) channel;
        // The numbers of what is closed may be in use for something else by now.
        if (!socket.isOpen() || descriptor.isClosed()) {
            return Result.BROKEN;
        }
        int sent = Libc.sendDescriptor(socket.fd().intValue(), descriptor.number(), CARRIER);
        if (sent >= 0) {
            return Result.SENT;
        }
        return switch (-sent) {
            case Libc.EAGAIN -> Result.NOT_WRITABLE;
            case Libc.EPIPE, Libc.ECONNRESET, Libc.ENOTCONN -> Result.BROKEN;
            default ->
                throw new DescriptorPassingError(
                        Reason.SEND_REFUSED,
                        prefix.get() + "The system refused to pass " + descriptor + ": " + Libc.describe(-sent),
                        null);
        };
    }

    private @Nullable DescriptorPassingError problem(FdSource source) {
        if (channel.pipeline().get(SslHandler.class) != null) {
            return error(Reason.TLS, source, "the connection is encrypted, and TLS carries no descriptors");
        }
        if (channel instanceof DomainSocketChannel) {
            return null;
        }
        if (channel.remoteAddress() instanceof UnixDomainSocketAddress) {
            return error(
                    Reason.NO_NATIVE_TRANSPORT,
                    source,
                    "the UNIX socket is one of NIO's, which carries no descriptors; a native transport does, such as "
                            + "io.netty:netty-transport-native-epoll with the classifier linux-x86_64 on the class path");
        }
        return error(
                Reason.NOT_A_UNIX_SOCKET,
                source,
                "descriptors go over UNIX sockets alone, and this connection is to " + channel.remoteAddress());
    }

    private DescriptorPassingError error(Reason reason, FdSource source, String why) {
        return new DescriptorPassingError(reason, prefix.get() + source + " cannot be passed: " + why, null);
    }
}
