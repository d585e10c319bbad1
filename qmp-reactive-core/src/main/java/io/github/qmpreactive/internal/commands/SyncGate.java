package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.internal.codec.Inbound;

/**
 * Decides when a command may be written, for a server that can get out of step: a reply to a command that was given up is
 * skipped together with all else in the stream, up to a mark. Called on the event loop.
 */
public interface SyncGate {

    /** For a server that answers every command, given up or not. */
    SyncGate ALWAYS = new SyncGate() {
        @Override
        public boolean requestWrite() {
            return true;
        }

        @Override
        public boolean abandon(String command) {
            return false;
        }

        @Override
        public boolean take(Inbound message) {
            return false;
        }
    };

    /**
     * Requests to write a command now; may begin to synchronise. If it is refused, the command waits until {@link
     * PendingCommands#writeQueued} or {@link PendingCommands#refuseQueued}.
     *
     * @return whether it may be written
     */
    boolean requestWrite();

    /**
     * A command that was written is given up; may begin to synchronise.
     *
     * @param command its name
     * @return whether its answer will be skipped; if not, it keeps its place until the answer comes
     */
    boolean abandon(String command);

    /**
     * Why a command is not written although fewer are in flight than may be.
     *
     * @return a clause that follows others; empty if nothing is known
     */
    default String holdUp() {
        return "";
    }

    /**
     * Sees a message before the session does.
     *
     * @param message the message
     * @return whether that is all that is to be done with it
     */
    boolean take(Inbound message);
}
