package io.github.qmpreactive.internal.agent;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.internal.transport.Endpoint;

/** Words what is different where an agent is to be reached and no monitor. */
public final class AgentErrors {

    private AgentErrors() {}

    /**
     * Says what QEMU needs on its command line for there to be a socket.
     *
     * @param session the name of the session
     * @param endpoint where to connect to
     * @param error what the transport says
     * @return an error for the user
     */
    public static Throwable of(String session, Endpoint endpoint, Throwable error) {
        if (!(error instanceof ConnectError known) || known.reason() != Reason.NOT_FOUND) {
            return error;
        }
        return new ConnectError(
                Reason.NOT_FOUND,
                "[" + session + "] Cannot connect to " + endpoint
                        + ": there is no such socket; is QEMU running, with a -chardev socket,path=...,server=on,wait=off"
                        + " at this path for a virtserialport named org.qemu.guest_agent.0?",
                known.getCause());
    }
}
