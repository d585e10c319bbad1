package io.github.qmpreactive.internal.observation;

import io.github.qmpreactive.internal.log.CallbackGuard;
import io.github.qmpreactive.observe.ObservedSession;
import io.github.qmpreactive.observe.Peer;
import io.github.qmpreactive.observe.QmpObserver;
import io.github.qmpreactive.observe.SessionObservation;
import reactor.util.context.ContextView;

/** The observer of a client, or of a client and those made from it. */
public final class ObserverCalls {

    private final QmpObserver observer;
    private final CallbackGuard guard;

    public ObserverCalls(QmpObserver observer) {
        this.observer = observer;
        this.guard = new CallbackGuard(observer);
    }

    /** Begins to observe a session. */
    SessionObservation begin(String name, Peer peer, ContextView context) {
        return guard.get(
                "sessionOpening",
                () -> observer.sessionOpening(new ObservedSession(name, peer), context),
                SessionObservation.NONE);
    }

    CallbackGuard guard() {
        return guard;
    }
}
