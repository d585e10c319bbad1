package io.github.qmpreactive.internal.agent;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.session.SessionSettings;
import io.github.qmpreactive.internal.session.SyncContext;
import io.github.qmpreactive.internal.transport.OnEventLoop;
import javax.net.ssl.SSLException;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Comes into step with the agent: turns a connection into a session. */
public final class AgentHandshake {

    private final SessionSettings settings;

    private AgentHandshake(SessionSettings settings) {
        this.settings = settings;
    }

    /**
     * Opens a session on a connection.
     *
     * @param connection an open connection that has not been read from
     * @param settings what to open it with; one command in flight
     * @return the session; or fails with an error of the handshake, and then, as on a cancel, the connection is closed
     */
    public static Mono<AgentSession> open(Connection connection, SessionSettings settings) {
        return OnEventLoop.run(settings.name(), connection, () -> new AgentHandshake(settings)
                .run(SyncContext.of(connection, settings)));
    }

    private Mono<AgentSession> run(SyncContext control) {
        AgentSync sync = new AgentSync(control, settings.handshakeTimeout());
        // A timer, and not the operator: the operator drops a value that comes too late onto Reactor's hooks.
        Disposable timer = control.schedule(settings.handshakeTimeout(), () -> control.giveUp(() -> timedOut(control)));
        return sync.begin()
                .then(control.unlessEnded(() -> {
                    control.ready();
                    return Mono.just(new AgentSession(control, sync));
                }))
                .onErrorMap(ConnectionLostError.class, this::closed)
                .onErrorResume(QmpError.class, control::abort)
                // Runs behind the cancelling of what is upstream, so that no subscriber sees the end as an error.
                .doFinally(signal -> {
                    timer.dispose();
                    control.giveUp(this::cancelled);
                });
    }

    private ConnectError timedOut(SyncContext control) {
        if (control.isRefused(SyncMessage.COMMAND)) {
            return new ConnectError(
                    Reason.SYNC_REFUSED,
                    prefix()
                            + "The agent refuses guest-sync-delimited, without which there is no session: is it blocked"
                            + " (qemu-ga --block-rpcs, --allow-rpcs, or their lines in qemu-ga.conf)?"
                            + control.skipped(),
                    null);
        }
        return new ConnectError(
                Reason.NO_SYNC_REPLY,
                prefix() + "The agent did not answer guest-sync-delimited within "
                        + settings.handshakeTimeout().toMillis()
                        + " ms (handshakeTimeout); is the agent running in the guest, and is no other client connected?"
                        + " It serves one at a time." + control.skipped(),
                null);
    }

    private ConnectError closed(ConnectionLostError lost) {
        // What the server thinks of the client's certificate may show only now.
        Reason reason = lost.getCause() instanceof SSLException ? Reason.TLS : Reason.CLOSED;
        return new ConnectError(reason, lost.getMessage() + ", before the agent answered guest-sync-delimited", lost);
    }

    private ConnectError cancelled() {
        return new ConnectError(Reason.OTHER, prefix() + "The handshake was cancelled", null);
    }

    private String prefix() {
        return "[" + settings.name() + "] ";
    }
}
