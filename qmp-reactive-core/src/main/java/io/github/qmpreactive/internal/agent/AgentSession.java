package io.github.qmpreactive.internal.agent;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.internal.session.Session;
import io.github.qmpreactive.internal.session.SyncContext;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A session that is in step with the agent. */
public final class AgentSession {

    private final SyncContext control;
    private final AgentSync sync;

    AgentSession(SyncContext control, AgentSync sync) {
        this.control = control;
        this.sync = sync;
    }

    /**
     * What it has in common with every session.
     *
     * @return the session
     */
    public Session session() {
        return control.session();
    }

    /**
     * Runs a command that is not answered when it succeeds.
     *
     * @param command the command
     * @param silence how long nothing may be heard of it, from when it is written
     * @return completes when it has succeeded: the agent has gone on to what was sent behind it, the guest has gone,
     *     or nothing was heard
     */
    public Mono<Void> executeWithoutReply(QmpCommand command, Duration silence) {
        return control.call(command, () -> sync.confirm(silence))
                .then()
                .onErrorResume(ExecInterruptedError.class, e -> guestHasGone(e) ? Mono.empty() : Mono.error(e));
    }

    private static boolean guestHasGone(ExecInterruptedError error) {
        return error.isWritten()
                && error.getCause() instanceof ConnectionLostError lost
                && lost.how() != How.CLOSED_LOCALLY;
    }
}
