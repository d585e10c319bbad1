package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * Keeps one session with QEMU's guest agent, which serves one client at a time.
 *
 * <p>An agent that does not run in the guest is a failed attempt after {@code handshakeTimeout}. One that stops answering while
 * the session is up does not end it: then each command times out, or is refused until the agent has synchronised.
 */
public final class QgaSupervisor extends Supervisor<QgaSession> {

    private QgaSupervisor(String name, Mono<QgaSession> connect, SupervisorOptions<QgaSession> options) {
        super(new Supervision<>(name, SessionSource.of(connect), SessionKind.AGENT, options, SessionObserver.none()));
    }

    /**
     * A supervisor of the client's sessions, with the defaults.
     *
     * @param client how to connect
     * @return the supervisor, not started
     * @throws IllegalStateException if the client has no address
     */
    public static QgaSupervisor of(QgaClient client) {
        return of(client, SupervisorOptions.forAgent());
    }

    /**
     * A supervisor of the client's sessions.
     *
     * @param client how to connect
     * @param options how the session is supervised
     * @return the supervisor, not started
     * @throws IllegalStateException if the client has no address
     */
    public static QgaSupervisor of(QgaClient client, SupervisorOptions<QgaSession> options) {
        String unused = client.address();
        return of(client.name(), client.connect(), options);
    }

    /**
     * A supervisor of sessions that are opened in another way; as {@link QmpSupervisor#of(String, Mono, SupervisorOptions)}.
     *
     * @param name what the supervisor is called in logs and errors
     * @param connect subscribed to for each attempt: opens a session, or fails, with any error: see {@link
     *     SupervisorOptions#permanent(java.util.function.Predicate)}. Cancelled when the supervisor is stopped; a
     *     session that it emits after that is disconnected
     * @param options how the session is supervised
     * @return the supervisor, not started
     */
    public static QgaSupervisor of(String name, Mono<QgaSession> connect, SupervisorOptions<QgaSession> options) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        return new QgaSupervisor(name, connect, options);
    }
}
