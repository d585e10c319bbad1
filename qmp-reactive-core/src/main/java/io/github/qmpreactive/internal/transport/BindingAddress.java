package io.github.qmpreactive.internal.transport;

import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;

/**
 * An address to listen on with a native transport. When Netty closes the socket it removes the file at the path, whatever
 * has taken its place by then: so once bound, there is no path any more. The file is removed by {@link SocketFile}.
 */
final class BindingAddress extends DomainSocketAddress {

    private static final long serialVersionUID = 1;

    private volatile boolean bound;

    BindingAddress(Path path) {
        super(path.toString());
    }

    /** The socket is bound, and the file is not Netty's concern any more. */
    void bound() {
        bound = true;
    }

    @Override
    public String path() {
        return bound ? "" : super.path();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
