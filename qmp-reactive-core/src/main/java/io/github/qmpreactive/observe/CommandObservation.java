package io.github.qmpreactive.observe;

/**
 * The observation of one command. Each method is called once at most. The methods must return at once, and must not use the
 * session. What they throw has no other effect than a line in the log, see {@link QmpObserver}.
 *
 * <p>A command that is answered is first released, then ended. One that is given up is ended at once, and then released: if
 * it was written, when QEMU has answered it or the session ends. A cancel that comes while the answer is being delivered ends
 * what was released.
 */
public interface CommandObservation {

    /** An observation that does nothing. */
    CommandObservation NONE = new CommandObservation() {};

    /** The command was written to the connection, on the event loop. Not called if it never is. */
    default void written() {}

    /**
     * The command has ended for its subscriber, which gets its signal after this. Always called; on the event loop, or on
     * the thread of the subscriber if it is refused. If the subscriber has cancelled, after that.
     *
     * @param end how
     */
    default void ended(CommandEnd end) {}

    /**
     * The command has left its place in the queue or in the window ({@code maxInFlight}). Always called; on the event
     * loop, or on the thread of the subscriber if it is refused.
     */
    default void released() {}
}
