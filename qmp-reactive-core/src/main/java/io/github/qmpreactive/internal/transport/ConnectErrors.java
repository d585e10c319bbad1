package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.QmpError;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words what the transport reports: where, why, and what to do. */
final class ConnectErrors {

    /** EAGAIN: the queue of those who wait to be accepted is full. */
    private static final String ALL_BUSY = "temporarily unavailable";

    private static final String REFUSED = "connection refused";

    private ConnectErrors() {}

    static ConnectError timedOut(String session, Endpoint endpoint, Duration timeout) {
        return error(
                Reason.CONNECT_TIMEOUT,
                session,
                endpoint,
                "no connection within " + timeout.toMillis() + " ms (connectTimeout)",
                null);
    }

    static ConnectError pathTooLong(String session, Endpoint endpoint, int bytes, int limit) {
        return error(
                Reason.PATH_TOO_LONG,
                session,
                endpoint,
                "the path has " + bytes + " bytes, but a UNIX socket's has " + limit + " at most",
                null);
    }

    static QmpError of(String session, Endpoint endpoint, Throwable cause) {
        if (cause instanceof QmpError known) {
            return known;
        }
        if (TlsErrors.causeOf(cause) != null) {
            return error(Reason.TLS, session, endpoint, TlsErrors.describe(cause), cause);
        }
        Reason reason = reason(endpoint, cause);
        return error(reason, session, endpoint, describe(reason, endpoint, cause), cause);
    }

    private static Reason reason(Endpoint endpoint, Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof UnknownHostException) {
            return Reason.UNKNOWN_HOST;
        }
        if (cause instanceof NoRouteToHostException || message.contains("unreachable")) {
            return Reason.UNREACHABLE;
        }
        if (message.contains(REFUSED) || message.contains(ALL_BUSY)) {
            // Thousands are refused at once when a host is started again: the file is not asked on their event loop.
            return Reason.REFUSED;
        }
        if (endpoint instanceof Endpoint.Unix unix) {
            // The words of the system may be in any language, so the file itself is asked as well.
            if (cause instanceof FileNotFoundException || Files.notExists(unix.path())) {
                return Reason.NOT_FOUND;
            }
            if (message.contains("permission denied") || !Files.isWritable(unix.path())) {
                return Reason.NOT_PERMITTED;
            }
        }
        if (cause instanceof ClosedChannelException) {
            return Reason.CLOSED;
        }
        return cause instanceof ConnectException ? Reason.REFUSED : Reason.OTHER;
    }

    private static String describe(Reason reason, Endpoint endpoint, Throwable cause) {
        boolean unix = endpoint instanceof Endpoint.Unix;
        return switch (reason) {
            case NOT_FOUND ->
                "there is no such socket; is QEMU running, with -qmp " + endpoint.toQemu() + ",server=on,wait=off?";
            case NOT_PERMITTED -> "not permitted; the socket belongs to another user";
            case REFUSED -> unix ? refusedSocket(cause) : "no program listens on that port";
            case UNKNOWN_HOST -> "the host is not known";
            case CLOSED -> "it was closed again at once";
            case UNREACHABLE -> "the host cannot be reached";
            default -> cause.toString();
        };
    }

    private static String refusedSocket(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains(ALL_BUSY)
                ? "the server accepts no connection at the moment; is another client already connected?"
                : "no program listens; the file is no socket, or was left behind by a QEMU that has ended";
    }

    private static ConnectError error(
            Reason reason, String session, Endpoint endpoint, String what, @Nullable Throwable cause) {
        return new ConnectError(reason, "[" + session + "] Cannot connect to " + endpoint + ": " + what, cause);
    }
}
