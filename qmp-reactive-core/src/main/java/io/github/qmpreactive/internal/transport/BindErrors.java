package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.QmpError;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words what the transport reports when it cannot listen: where, why, and what to do. */
final class BindErrors {

    private BindErrors() {}

    static ConnectError pathTooLong(String session, Endpoint endpoint, int bytes, int limit) {
        return error(
                Reason.PATH_TOO_LONG,
                session,
                endpoint,
                "the path has " + bytes + " bytes, but a UNIX socket's has " + limit + " at most",
                null);
    }

    /** It listened, and was closed again. Never an error of the JVM, which operators would not hand on. */
    static ConnectError notHandled(String session, Endpoint endpoint, Throwable thrown) {
        return error(Reason.OTHER, session, endpoint, thrown.toString(), thrown);
    }

    static QmpError of(String session, Endpoint endpoint, Throwable cause) {
        if (cause instanceof QmpError known) {
            return known;
        }
        return endpoint instanceof Endpoint.Unix unix
                ? unix(session, unix, cause)
                : tcp(session, endpoint, cause, words(cause));
    }

    /** The words of the system may be in any language, so the file system itself is asked. */
    private static ConnectError unix(String session, Endpoint.Unix endpoint, Throwable cause) {
        Path path = endpoint.path();
        Path folder = path.toAbsolutePath().getParent();
        if (cause instanceof AccessDeniedException denied) {
            String why = denied.getReason();
            String what = why == null ? "not permitted in the folder " + folder : why;
            return error(Reason.NOT_PERMITTED, session, endpoint, what, cause);
        }
        if (cause instanceof PathLock.Busy) {
            return error(Reason.ADDRESS_IN_USE, session, endpoint, "another listener is being opened there", cause);
        }
        if (SocketFile.exists(path)) {
            String what = SocketFile.isSocket(path)
                    ? "another program listens there already"
                    : "there is a file that is no socket, which is left alone";
            return error(Reason.ADDRESS_IN_USE, session, endpoint, what, cause);
        }
        if (folder != null && !Files.isDirectory(folder)) {
            return error(Reason.NOT_FOUND, session, endpoint, "there is no folder " + folder, cause);
        }
        if (folder != null && (!Files.isWritable(folder) || words(cause).contains("permi"))) {
            return error(Reason.NOT_PERMITTED, session, endpoint, "not permitted in the folder " + folder, cause);
        }
        return error(Reason.OTHER, session, endpoint, cause.toString(), cause);
    }

    private static ConnectError tcp(String session, Endpoint endpoint, Throwable cause, String words) {
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return error(Reason.UNKNOWN_HOST, session, endpoint, "the host is not known", cause);
        }
        if (words.contains("in use")) {
            return error(Reason.ADDRESS_IN_USE, session, endpoint, "the port is in use", cause);
        }
        if (words.contains("permission denied")) {
            return error(Reason.NOT_PERMITTED, session, endpoint, "not permitted to this user", cause);
        }
        if (words.contains("assign requested address")) {
            return error(Reason.OTHER, session, endpoint, "this computer has no such address", cause);
        }
        return error(Reason.OTHER, session, endpoint, cause.toString(), cause);
    }

    /** What the error and those it came from say. */
    private static String words(Throwable cause) {
        StringBuilder words = new StringBuilder();
        for (Throwable error = cause; error != null; error = error.getCause()) {
            words.append(error.getMessage()).append('\n');
        }
        return words.toString().toLowerCase(Locale.ROOT);
    }

    private static ConnectError error(
            Reason reason, String session, Endpoint endpoint, String what, @Nullable Throwable cause) {
        return new ConnectError(reason, "[" + session + "] Cannot listen on " + endpoint + ": " + what, cause);
    }
}
