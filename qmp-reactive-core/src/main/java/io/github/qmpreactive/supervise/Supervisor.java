package io.github.qmpreactive.supervise;

import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps one session: opens it, hands it out, and opens another one when it has ended. It never sends a command on its own, and
 * never a second time: a command is sent on a session that the caller got, and fails with that session. Nothing is queued while
 * there is no session.
 *
 * <p>Does nothing before {@link #start()}. All methods may be called from any thread and by callbacks, and none blocks. Signals
 * come one after the other, on the thread that causes them: the event loop of the session, Reactor's parallel scheduler, the
 * thread on which {@code connect} or {@code onConnect} signals, or one that calls a method here. While one of these runs
 * callbacks, it also delivers what the others cause, so callbacks must not block. What a callback causes takes effect after the
 * current signal has reached every subscriber.
 *
 * @param <S> the session
 */
public abstract sealed class Supervisor<S> permits QmpSupervisor, QgaSupervisor {

    final Supervision<S> supervision;

    Supervisor(Supervision<S> supervision) {
        this.supervision = supervision;
    }

    /**
     * The session. It stays the supervisor's: callers do not disconnect it. If one does, or ends QEMU, the supervisor opens the
     * next one.
     *
     * <ul>
     *   <li>Emits the session that is up, at once on the subscriber's thread, or the next one; then completes. A session that
     *       is known to be over, and one of which {@code onConnect} has not completed, is never emitted. It may end at any
     *       moment after that: then commands on it fail with {@link io.github.qmpreactive.error.StateError} or {@link
     *       io.github.qmpreactive.error.ExecInterruptedError}.
     *   <li>Errors with {@link io.github.qmpreactive.error.SupervisorStoppedError} if the supervisor was not started, when it is
     *       stopped, and when it gives up, with the cause.
     *   <li>On cancel: stops waiting.
     *   <li>It has no time limit: put {@code timeout} behind it.
     * </ul>
     *
     * @return the session
     */
    public Mono<S> session() {
        return supervision.session();
    }

    /**
     * The session at this moment, for callers that do not wait for one.
     *
     * @return what {@link #session()} would emit at once; empty if that waits or fails
     */
    public Optional<S> current() {
        return Optional.ofNullable(supervision.usable());
    }

    /**
     * How the supervisor and its server are connected at this moment.
     *
     * @return the latest of {@link #links()}
     */
    public Link link() {
        return supervision.link();
    }

    /**
     * How the supervisor and its server are connected.
     *
     * <ul>
     *   <li>Emits the link at this moment, then each change; a subscriber without demand gets only the latest. {@code DOWN} and
     *       {@code CONNECTING} alternate while attempts fail.
     *   <li>Does not complete, since the supervisor may be started again: use {@code takeUntil}. Never fails.
     *   <li>On cancel: only unsubscribes.
     * </ul>
     *
     * @return the links
     */
    public Flux<Link> links() {
        return supervision.links();
    }

    /**
     * Starts to connect. Without effect while it runs. May be called again after {@link #stop()}, and after it gave up; if a
     * session is still being disconnected, it connects after that.
     */
    public void start() {
        supervision.start();
    }

    /**
     * Ends the attempt that is under way, or disconnects the session. Callers that wait for a session get an error, events
     * complete. Returns at once: {@link #stopped()} tells when the session is disconnected. Without effect unless it runs.
     */
    public void stop() {
        supervision.stop();
    }

    /**
     * Whether it keeps a session.
     *
     * @return true from {@link #start()} until {@link #stop()}, or until it gives up
     */
    public boolean isRunning() {
        return supervision.isRunning();
    }

    /**
     * The end. Does not stop it.
     *
     * @return completes when it does not run and its session is disconnected, at once if that is so; never fails. An attempt
     *     that is under way is cancelled by then, but not awaited: its connection is closed a moment later. Cancelling only
     *     unsubscribes
     */
    public Mono<Void> stopped() {
        return supervision.stopped();
    }

    /** Its name, and where it is. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + supervision + "]";
    }
}
