package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.SessionRefusedError;
import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Supervises QEMUs that connect to a listener. Each session is asked for its key, for example the name of the machine, and goes
 * to the supervisor of that key.
 *
 * <pre>{@code
 * KeyedListener machines = KeyedListener.of(listener,
 *         session -> session.execute("query-name").map(reply -> reply.path("name").asString()));
 * QmpSupervisor web = machines.supervisor("web");
 * web.start();
 * }</pre>
 *
 * <p>Supervisors get their sessions on {@link reactor.core.scheduler.Schedulers#boundedElastic()}, so that slow callbacks of one
 * do not keep the others from theirs. The key's function and subscribers to {@link #refused()} must not block.
 *
 * <p>It subscribes to the sessions of the listener when the first of its supervisors is started; until then, connections wait. It
 * does not close the listener. When the listener is closed, supervisors without a session give up.
 *
 * <ul>
 *   <li>A session whose key is not found out within the limit, or whose key no running supervisor has, is disconnected. QEMU
 *       connects again after its {@code reconnect-ms}.
 *   <li>A session that comes before its supervisor's next attempt waits for that. If another one comes meanwhile, the newer one
 *       waits.
 *   <li>A session that comes while its supervisor has one: QEMU holds one connection of a monitor, so most often the older one is
 *       dead, and its end was not noticed. The older one is asked for its key again: if it still tells the same one within the
 *       limit, the new session is refused, since two machines use one key, as at both ends of a migration. If it has ended, tells
 *       another key, or tells none within the limit, it is disconnected, and the new one takes its place: for its supervisor it
 *       is lost, with a {@link io.github.qmpreactive.error.ConnectionLostError}. A command that times out before the limit is
 *       sent again until then. If the key's function fails otherwise, the new session is refused.
 *   <li>64 sessions are asked at a time; others wait until one of these has a supervisor or is disconnected.
 * </ul>
 */
public final class KeyedListener {

    private final KeyedSessions sessions;

    private KeyedListener(KeyedSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A listener whose sessions have keys that are found out within 10 seconds.
     *
     * @param listener where QEMUs connect; nothing else may subscribe to its sessions
     * @param key asks a session for its key; called again where it says so above
     * @return the listener; it does nothing yet
     */
    public static KeyedListener of(QmpListener listener, Function<? super QmpSession, ? extends Mono<String>> key) {
        return of(listener, key, Duration.ofSeconds(10));
    }

    /**
     * A listener whose sessions have keys.
     *
     * @param listener where QEMUs connect; nothing else may subscribe to its sessions
     * @param key asks a session for its key; called again where it says so above
     * @param limit how long that may take; more than zero
     * @return the listener; it does nothing yet
     * @throws IllegalArgumentException if the limit is not more than zero
     */
    public static KeyedListener of(
            QmpListener listener, Function<? super QmpSession, ? extends Mono<String>> key, Duration limit) {
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(key, "key");
        return new KeyedListener(new KeyedSessions(listener, key, Operations.positive("limit", limit)));
    }

    /**
     * A supervisor of the sessions with a key, with the defaults.
     *
     * @param key the key
     * @return as {@link #supervisor(String, SupervisorOptions)}
     */
    public QmpSupervisor supervisor(String key) {
        return supervisor(key, SupervisorOptions.forMonitor());
    }

    /**
     * A supervisor of the sessions with a key. An attempt lasts until such a session comes.
     *
     * @param key the key, which is also the supervisor's name
     * @param options how the session is supervised
     * @return the supervisor, not started. It gives up with {@link IllegalStateException} if another one of that key runs when it
     *     is started, and when the listener is closed, has failed or has another subscriber
     */
    public QmpSupervisor supervisor(String key, SupervisorOptions<QmpSession> options) {
        Objects.requireNonNull(key, "key");
        return QmpSupervisor.of(key, sessions.source(key), options);
    }

    /**
     * The sessions that were disconnected since no supervisor takes them. The first one of a key, or without a key of a kind of
     * error, is also logged at WARN, later ones at DEBUG; of more than 20 keys in 10 seconds, the others when they come again. Messages have the key as one
     * line, cut at 100 characters; {@link SessionRefusedError#key()} is the key as the peer sent it.
     *
     * @return emits an error for each, from now on, to any number of subscribers; a subscriber without demand misses them. Does
     *     not complete, and never fails. Cancelling only unsubscribes
     */
    public Flux<SessionRefusedError> refused() {
        return sessions.refused();
    }
}
