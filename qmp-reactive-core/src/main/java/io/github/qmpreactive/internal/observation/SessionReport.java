package io.github.qmpreactive.internal.observation;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.observe.CommandObservation;
import io.github.qmpreactive.observe.EventDrop;
import io.github.qmpreactive.observe.ObservedCommand;
import io.github.qmpreactive.observe.Peer;
import io.github.qmpreactive.observe.SessionObservation;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Reports one session to its observer: each change once, in order. Does nothing where there is no observer. */
public final class SessionReport {

    private enum Phase {
        OPENING,
        READY,
        NOT_OPENED,
        OVER
    }

    /** The report of a session that is not observed. */
    public static final SessionReport NONE = new SessionReport(null, "", Peer.MONITOR, Context.empty());

    private final @Nullable ObserverCalls observer;
    private final String name;
    private final Peer peer;
    private ContextView context;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPENING);
    private volatile SessionObservation observation = SessionObservation.NONE;

    private SessionReport(@Nullable ObserverCalls observer, String name, Peer peer, ContextView context) {
        this.observer = observer;
        this.name = name;
        this.peer = peer;
        this.context = context;
    }

    /**
     * The report of a session.
     *
     * @param observer the observer; null for none
     * @param name of the session
     * @param peer what it is held with
     * @param context Reactor's context of the subscriber
     */
    public static SessionReport of(@Nullable ObserverCalls observer, String name, Peer peer, ContextView context) {
        return observer == null ? NONE : new SessionReport(observer, name, peer, context);
    }

    /** Whether there is an observer. */
    public boolean isObserved() {
        return observer != null;
    }

    /**
     * Observes an opening from before the connection on.
     *
     * @param connection emits the connection
     * @param handshake makes a session of it
     * @param <C> the type of the connection
     * @param <S> the type of the session
     * @return the session
     */
    public <C, S> Mono<S> opening(Mono<C> connection, Function<C, Mono<S>> handshake) {
        if (observer == null) {
            return connection.flatMap(handshake);
        }
        return observed(() -> connection.flatMap(open -> {
            connected();
            return handshake.apply(open);
        }));
    }

    /**
     * Observes an opening on a connection that is there.
     *
     * @param handshake makes a session of it
     * @param <S> the type of the session
     * @return the session
     */
    public <S> Mono<S> handshake(Supplier<Mono<S>> handshake) {
        if (observer == null) {
            return handshake.get();
        }
        return observed(() -> {
            connected();
            return handshake.get();
        });
    }

    private <S> Mono<S> observed(Supplier<Mono<S>> opening) {
        return Mono.defer(() -> {
                    if (observer != null) {
                        observation = observer.begin(name, peer, context);
                        // The subscriber's context is not to last as long as the session.
                        context = Context.empty();
                    }
                    return opening.get();
                })
                .doOnError(this::notOpened)
                .doOnCancel(() -> notOpened(null));
    }

    private void connected() {
        tell("connected", observation::connected);
    }

    private void notOpened(@Nullable Throwable cause) {
        if (phase.compareAndSet(Phase.OPENING, Phase.NOT_OPENED)) {
            tell("notOpened", () -> observation.notOpened(cause));
        }
    }

    /** The handshake is complete. */
    public void ready() {
        if (observer != null && phase.compareAndSet(Phase.OPENING, Phase.READY)) {
            tell("ready", observation::ready);
        }
    }

    /**
     * The session has ended; reported if it was ready.
     *
     * @param cause null after an orderly end
     */
    public void ended(@Nullable QmpError cause) {
        if (observer != null && phase.compareAndSet(Phase.READY, Phase.OVER)) {
            tell("ended", () -> observation.ended(cause));
        }
    }

    /**
     * A command was subscribed to.
     *
     * @param session the name of the session now
     * @param command the name of the command
     * @param outOfBand whether it goes out of band
     * @param subscriber Reactor's context of its subscriber
     * @return its report; null if the session is not observed, or has not been ready
     */
    public @Nullable CommandReport command(String session, String command, boolean outOfBand, ContextView subscriber) {
        ObserverCalls calls = observer;
        Phase now = phase.get();
        if (calls == null || now == Phase.OPENING || now == Phase.NOT_OPENED) {
            return null;
        }
        ObservedCommand observed = new ObservedCommand(session, peer, command, outOfBand);
        CommandObservation started = calls.guard()
                .get("commandStarted", () -> observation.commandStarted(observed, subscriber), CommandObservation.NONE);
        return new CommandReport(calls.guard(), started);
    }

    /** The number of events in the buffers of subscribers has changed. */
    public void eventsBuffered(int change) {
        if (observer != null) {
            tell("eventsBuffered", () -> observation.eventsBuffered(change));
        }
    }

    /** An event did not reach a subscriber. */
    public void eventDropped(String event, EventDrop why) {
        if (observer != null) {
            tell("eventDropped", () -> observation.eventDropped(event, why));
        }
    }

    private void tell(String method, Runnable call) {
        if (observer != null) {
            observer.guard().run(method, call);
        }
    }
}
