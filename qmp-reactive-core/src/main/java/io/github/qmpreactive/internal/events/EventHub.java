package io.github.qmpreactive.internal.events;

import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.observation.SessionReport;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.observe.EventDrop;
import io.github.qmpreactive.option.EventOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hands each event to every subscriber. Who takes part is the one piece of a session's state that is changed from any
 * thread, since a subscription must have taken effect before {@code subscribe()} returns; so it is copy-on-write.
 */
public final class EventHub {

    /** How many events from before the first subscription are kept: the newest. */
    static final int MAX_EARLY = 32;

    /**
     * Everything at one moment.
     *
     * @param subscribers those who take part
     * @param early what came before the first subscriber; null once there was one
     * @param end how it ended; null while it goes on
     */
    private record Audience(
            List<EventSubscription> subscribers,
            @Nullable List<QmpEvent> early,
            @Nullable End end) {

        Audience with(EventSubscription subscriber, boolean takesEarly) {
            List<EventSubscription> all = subscribers;
            if (end == null) {
                all = new ArrayList<>(subscribers);
                all.add(subscriber);
            }
            return new Audience(all, takesEarly ? null : early, end);
        }

        Audience without(EventSubscription subscriber) {
            List<EventSubscription> rest = new ArrayList<>(subscribers);
            return rest.remove(subscriber) ? new Audience(rest, early, end) : this;
        }

        Audience withEarly(QmpEvent event) {
            if (early == null) {
                return this;
            }
            List<QmpEvent> newest = new ArrayList<>(early.subList(early.size() < MAX_EARLY ? 0 : 1, early.size()));
            newest.add(event);
            return new Audience(subscribers, newest, end);
        }
    }

    private record End(@Nullable Throwable cause) {}

    private final SessionLoop loop;
    private final SessionLog log;
    private final SessionReport report;
    private final ServerClock clock = new ServerClock(System::nanoTime);
    private final Consumer<Instant> stamped = clock::stamped;
    private final AtomicReference<Audience> audience = new AtomicReference<>(new Audience(List.of(), List.of(), null));

    /** A hub that is not observed. */
    public EventHub(SessionLoop loop, SessionLog log) {
        this(loop, log, SessionReport.NONE);
    }

    public EventHub(SessionLoop loop, SessionLog log, SessionReport report) {
        this.loop = loop;
        this.log = log;
        this.report = report;
    }

    /** Events as users see them: the first subscriber is given the early ones. */
    public Flux<QmpEvent> events(EventOptions options) {
        return flux(options, true);
    }

    /** Events from the moment of subscribing on; the early ones stay for others. */
    public Flux<QmpEvent> liveEvents(EventOptions options) {
        return flux(options, false);
    }

    /** Live events, and a command that is subscribed to behind them: its error is theirs. */
    public Flux<QmpEvent> liveEvents(EventOptions options, Mono<?> command) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super QmpEvent> actual) {
                add(new EventSubscription(EventHub.this, loop, log, options, command, actual), false);
            }
        };
    }

    public void emit(QmpEvent event) {
        assert loop.isCurrent();
        event.timestamp().ifPresent(stamped);
        Audience now = Objects.requireNonNull(audience.get());
        if (now.early != null) {
            now = audience.updateAndGet(a -> a.withEarly(event));
        }
        for (EventSubscription subscriber : now.subscribers) {
            subscriber.onEvent(event);
        }
    }

    /** An event came that cannot be used. */
    public void dropUnusable(String event) {
        report.eventDropped(event, EventDrop.UNUSABLE);
    }

    /** Tells the observer of what becomes of events. */
    SessionReport report() {
        return report;
    }

    /** Ends every subscription, now and later: with the error, or by completing. */
    public void end(@Nullable Throwable cause) {
        assert loop.isCurrent();
        Audience before = audience.getAndUpdate(a -> new Audience(List.of(), a.early, new End(cause)));
        before.subscribers.forEach(subscriber -> subscriber.onEnd(cause));
    }

    /** The server's clock, as far as its events tell. */
    public ServerClock clock() {
        return clock;
    }

    void leave(EventSubscription subscriber) {
        audience.updateAndGet(a -> a.without(subscriber));
    }

    private Flux<QmpEvent> flux(EventOptions options, boolean takesEarly) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super QmpEvent> actual) {
                add(new EventSubscription(EventHub.this, loop, log, options, null, actual), takesEarly);
            }
        };
    }

    private void add(EventSubscription subscriber, boolean takesEarly) {
        Audience before = audience.getAndUpdate(a -> {
            boolean wantsEarly = takesEarly && subscriber.includesEarly();
            subscriber.prepare(wantsEarly && a.early != null ? a.early : List.of());
            return a.with(subscriber, takesEarly);
        });
        End end = before.end;
        if (end != null) {
            loop.execute(() -> subscriber.onEnd(end.cause));
        }
        subscriber.start();
    }
}
