package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.ReceivedCommand;

/** Replays one connection. Everything happens on the thread of the replay. */
interface Player {

    /** The client is connected. */
    void begin();

    /**
     * The client has sent a command.
     *
     * @param command the command
     */
    void onCommand(ReceivedCommand command);
}
