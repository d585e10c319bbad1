package io.github.qmpreactive.observe;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;

/** Micrometer's context of the observation of the opening of a session: a client's span. */
public final class QmpSessionContext extends SenderContext<Object> {

    private static final Object NO_CARRIER = new Object();

    private final ObservedSession session;
    private volatile String outcome = "none";

    QmpSessionContext(ObservedSession session) {
        super((carrier, key, value) -> {}, Kind.CLIENT);
        this.session = session;
        setCarrier(NO_CARRIER);
        setRemoteServiceName(session.peer() == Peer.MONITOR ? "qemu" : "qemu-ga");
    }

    /**
     * The session.
     *
     * @return the session
     */
    public ObservedSession session() {
        return session;
    }

    /**
     * What has become of the opening.
     *
     * @return {@code success}; {@code cancelled}; the reason of a {@code ConnectError} in lower case, such as {@code
     *     not_found}; for other errors {@code protocol}; {@code none} as long as it goes on
     */
    public String outcome() {
        return outcome;
    }

    void outcome(String how) {
        outcome = how;
    }
}
