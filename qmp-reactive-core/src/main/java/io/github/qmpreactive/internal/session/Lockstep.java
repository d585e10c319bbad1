package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.internal.codec.Inbound;

/**
 * Keeps a session in step with a server that can lose it: one where an answer that nobody waits for is skipped together
 * with whatever else is in the stream, up to a mark. Called on the event loop.
 */
public interface Lockstep {

    /** For a server that answers everything, whoever waits. */
    Lockstep ALWAYS = new Lockstep() {
        @Override
        public boolean mayWrite() {
            return true;
        }

        @Override
        public boolean skips(String command) {
            return false;
        }

        @Override
        public boolean take(Inbound message) {
            return false;
        }
    };

    /**
     * Whether a command may be written now. If not, it waits until {@link StepControl#inStep()} or {@link
     * StepControl#refuseWaiting}.
     *
     * @return whether it may
     */
    boolean mayWrite();

    /**
     * Nobody waits any more for a command that was written.
     *
     * @param command its name
     * @return whether its answer will be skipped; if not, it keeps its place until the answer comes
     */
    boolean skips(String command);

    /**
     * Looks at a message before anybody else.
     *
     * @param message the message
     * @return whether that is all that is to be done with it
     */
    boolean take(Inbound message);
}
