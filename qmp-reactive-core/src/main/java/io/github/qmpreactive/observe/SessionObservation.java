package io.github.qmpreactive.observe;

import io.github.qmpreactive.error.QmpError;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * The observation of one session. Its methods are called on the event loop of the session, except where they say otherwise.
 * The methods must return at once, and must not use the session. What they throw has no other
 * effect than a line in the log, see {@link QmpObserver}.
 */
public interface SessionObservation {

    /** An observation that does nothing. */
    SessionObservation NONE = new SessionObservation() {};

    /** The connection is open, and the handshake begins. Called once at most. */
    default void connected() {}

    /** The handshake is complete. Called once at most. */
    default void ready() {}

    /**
     * The session did not become ready. Called once at most, in place of {@link #ready}; on any thread.
     *
     * @param cause the error of connecting or of the handshake; null if the subscriber cancelled
     */
    default void notOpened(@Nullable Throwable cause) {}

    /**
     * A session that was ready has ended. Its commands have ended before, but for one that another thread subscribes to at
     * that moment. Called once at most.
     *
     * @param cause null after an orderly end
     */
    default void ended(@Nullable QmpError cause) {}

    /**
     * A command was subscribed to. Called on the thread of the subscriber. Not called for the commands of the handshake;
     * called for the queries of {@code probe} and {@code schema()}.
     *
     * @param command the command
     * @param context Reactor's context of the subscriber
     * @return the observation of this command
     */
    default CommandObservation commandStarted(ObservedCommand command, ContextView context) {
        return CommandObservation.NONE;
    }

    /**
     * The number of events has changed that wait in the buffers of this session's subscribers. Events that are delivered
     * without waiting do not change it.
     *
     * @param change positive for more, negative for fewer; also after the end of the session
     */
    default void eventsBuffered(int change) {}

    /**
     * An event did not reach a subscriber; called for each of them.
     *
     * @param event the name of the event, as the server sent it
     * @param why the reason
     */
    default void eventDropped(String event, EventDrop why) {}
}
