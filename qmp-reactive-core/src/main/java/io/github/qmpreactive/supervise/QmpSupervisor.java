package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.option.EventOptions;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps one session with a monitor of QEMU.
 *
 * <pre>{@code
 * QmpSupervisor vm = QmpSupervisor.of(client, SupervisorOptions.forMonitor().onConnect(this::reconcile));
 * vm.start();
 * vm.session().flatMap(session -> session.execute("query-status"))
 * }</pre>
 *
 * <p>A server that is connected but silent ends its session only with {@link QmpClient#probe}.
 */
public final class QmpSupervisor extends Supervisor<QmpSession> {

    private final EventFollowers followers;

    QmpSupervisor(
            String name,
            SessionSource<QmpSession> source,
            SupervisorOptions<QmpSession> options,
            EventFollowers followers) {
        super(new Supervision<>(name, source, SessionKind.MONITOR, options, followers));
        this.followers = followers;
    }

    /**
     * A supervisor of the client's sessions, with the defaults.
     *
     * @param client how to connect
     * @return the supervisor, not started
     * @throws IllegalStateException if the client has no address
     */
    public static QmpSupervisor of(QmpClient client) {
        return of(client, SupervisorOptions.forMonitor());
    }

    /**
     * A supervisor of the client's sessions.
     *
     * @param client how to connect
     * @param options how the session is supervised
     * @return the supervisor, not started
     * @throws IllegalStateException if the client has no address
     */
    public static QmpSupervisor of(QmpClient client, SupervisorOptions<QmpSession> options) {
        String unused = client.address();
        return of(client.name(), client.connect(), options);
    }

    /**
     * A supervisor of sessions that are opened in another way: through a tunnel, at an address that is looked up each time, with
     * a limit on how many connect at a time.
     *
     * @param name what the supervisor is called in logs and errors
     * @param connect subscribed to for each attempt: opens a session, or fails, with any error: see {@link
     *     SupervisorOptions#permanent(java.util.function.Predicate)}. Cancelled when the supervisor is stopped; a
     *     session that it emits after that is disconnected
     * @param options how the session is supervised
     * @return the supervisor, not started
     */
    public static QmpSupervisor of(String name, Mono<QmpSession> connect, SupervisorOptions<QmpSession> options) {
        return of(name, SessionSource.of(connect), options);
    }

    static QmpSupervisor of(String name, SessionSource<QmpSession> source, SupervisorOptions<QmpSession> options) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        return new QmpSupervisor(name, source, options, new EventFollowers(name));
    }

    /**
     * All events across sessions, with the default options.
     *
     * @return as {@link #events(EventOptions)}
     */
    public Flux<SupervisedEvent> events() {
        return events(EventOptions.all());
    }

    /**
     * Events across sessions. Hot: a subscriber gets what comes after its subscription, which is effective before {@code
     * subscribe()} returns; it may be there before the start.
     *
     * <ul>
     *   <li>Emits events as {@link QmpSession#events(EventOptions)} does, and a {@link SupervisedEvent.Gap} before the events of
     *       each session but the first. The events of a session are listened to before {@code onConnect} and each command, so
     *       that none of them is missing after the gap.
     *   <li>Completes when the supervisor is stopped, after the events that are buffered. Subscribe again before the next start.
     *   <li>Errors with {@link io.github.qmpreactive.error.SupervisorStoppedError} when it gives up; with {@link
     *       io.github.qmpreactive.error.EventOverflowError} if this subscriber falls behind under {@link
     *       io.github.qmpreactive.option.EventOverflow#ERROR}; with any exception that the filter throws. Under the other
     *       policies {@code onLost} is called, and there is a gap in place of the events that were dropped.
     *   <li>On cancel: only unsubscribes.
     *   <li>The newest 32 events from before it was listened to go to the first subscriber of a session, as there; here, too,
     *       {@link EventOptions#fromNow()} excludes them.
     * </ul>
     *
     * @param options which events, and how far this subscriber may fall behind; a gap needs no place in the buffer
     * @return the events
     */
    public Flux<SupervisedEvent> events(EventOptions options) {
        Objects.requireNonNull(options, "options");
        return followers.events(options);
    }
}
