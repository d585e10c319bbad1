package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * A session could not be opened: the server could not be reached, or it stopped answering or closed the connection
 * during the handshake. Or the client could not listen. The connection, if there was one, is closed.
 */
public final class ConnectError extends QmpError {

    /** Why there is no session. Minor releases may add others: a switch needs a default. */
    public enum Reason {
        /**
         * Nothing is at the path of the UNIX socket: QEMU does not run yet, or the path is wrong. When listening: its
         * folder does not exist.
         */
        NOT_FOUND(true),
        /**
         * No program listens: a socket file that was left behind, a file that is not a socket, a port without a server.
         */
        REFUSED(true),
        /** When listening: another program listens there, or the path is a file that is not a socket. */
        ADDRESS_IN_USE(true),
        /** The user may not open the socket. */
        NOT_PERMITTED(false),
        /** The path is longer than a UNIX socket's may be. */
        PATH_TOO_LONG(false),
        /** The host's name does not resolve. */
        UNKNOWN_HOST(false),
        /** The network says that the host cannot be reached. */
        UNREACHABLE(true),
        /** The connect timeout passed before there was a connection. */
        CONNECT_TIMEOUT(true),
        /** The handshake timeout passed without a greeting: most often another client holds the monitor. */
        NO_GREETING(true),
        /** The handshake timeout passed without an answer to {@code qmp_capabilities}. */
        NO_NEGOTIATION_REPLY(true),
        /** TLS failed: a certificate is not trusted or is another host's, or one side does not speak TLS. */
        TLS(false),
        /**
         * The handshake timeout passed without an answer to {@code guest-sync-delimited}: no agent runs in the guest,
         * or it serves another client.
         */
        NO_SYNC_REPLY(true),
        /**
         * The agent answers {@code guest-sync-delimited} with CommandNotFound: it is configured to refuse the command.
         */
        SYNC_REFUSED(false),
        /** The server closed or reset the connection during the handshake. */
        CLOSED(true),
        /** Anything else; see the cause. */
        OTHER(false);

        private final boolean temporary;

        Reason(boolean temporary) {
            this.temporary = temporary;
        }

        /**
         * Whether trying again may help, as in {@code retryWhen(Retry.backoff(...).filter(...))}.
         *
         * @return true if the server may become available; false if the cause is lasting
         */
        public boolean isTemporary() {
            return temporary;
        }
    }

    private static final long serialVersionUID = 1L;

    /** Why there is no session. */
    private final Reason reason;

    /**
     * An error with its reason.
     *
     * @param reason why there is no session
     * @param message what happened, and what can be done
     * @param cause what it came from, if anything
     */
    public ConnectError(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Why there is no session.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    @Override
    public boolean endsSession() {
        return true;
    }

    @Override
    public boolean isTemporary() {
        return reason.isTemporary();
    }
}
