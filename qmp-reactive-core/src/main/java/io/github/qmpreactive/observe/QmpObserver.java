package io.github.qmpreactive.observe;

import java.util.Objects;
import reactor.util.context.ContextView;

/**
 * Observes the sessions of a client, and their commands: for metrics, tracing, audit. Set with {@code
 * QmpClient.observer(...)} and {@code QgaClient.observer(...)}. One observer may serve any number of clients. Its methods
 * are called on the threads of their callers, and must return at once: most run on the event loop, which serves other
 * sessions, too. What an observer throws, {@code Error}s included, has no other effect than a line in the log: one for each call of
 * {@code observer(...)} that has set it, however many clients are made from the client that it returns.
 */
@FunctionalInterface
public interface QmpObserver {

    /**
     * A session is being opened. Called on the thread that subscribes to {@code connect()}; for a connection that was
     * accepted or is open already, on the thread on which its handshake begins. If it throws, this session is not observed.
     *
     * @param session the session
     * @param context Reactor's context of the subscriber; empty for the sessions of a listener
     * @return the observation of this session
     */
    SessionObservation sessionOpening(ObservedSession session, ContextView context);

    /**
     * Adds an observer.
     *
     * @param next called after this one
     * @return an observer that calls both, also if one of them throws
     */
    default QmpObserver and(QmpObserver next) {
        return new ObserverPair(this, Objects.requireNonNull(next, "next"));
    }
}
