package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.netty.channel.Channel;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Words what goes wrong with TLS. */
final class TlsErrors {

    private TlsErrors() {}

    /** What TLS says of it, if it has to do with TLS. */
    static @Nullable SSLException causeOf(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException tls) {
                return tls;
            }
        }
        return null;
    }

    /** The first cause of all says what is wrong with a certificate. */
    static String describe(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String what = wordsOf(error);
        String why = wordsOf(root);
        return "the TLS handshake failed: " + what + (what.contains(why) ? "" : ": " + why);
    }

    private static String wordsOf(Throwable error) {
        if (error instanceof ClosedChannelException) {
            return "the other side closed the connection";
        }
        String message = error.getMessage();
        return message == null ? error.getClass().getSimpleName() : message;
    }

    static ConnectError dialIn(String session, Channel channel, Throwable cause) {
        return new ConnectError(
                Reason.TLS,
                "[" + session + "] " + channel.remoteAddress() + " connected, but " + describe(cause),
                cause);
    }
}
