package io.github.qmpreactive.observe;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.QmpError;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Measures with Micrometer what observations do not: what is open, waits, is in flight or is dropped, of all sessions of
 * the clients that share it. Needs {@code io.micrometer:micrometer-core}. Create one for each registry: a second one would
 * register the same gauges, of which Micrometer keeps the first.
 *
 * <p>All meters have the tag {@code peer} ({@code monitor}, {@code agent}), and none has one for the session:
 *
 * <ul>
 *   <li>{@code qmp.sessions}: gauge, the sessions that are open;
 *   <li>{@code qmp.session.handshake}: timer, from the connection to the end of the handshake of those that came about;
 *   <li>{@code qmp.session}: timer, the life of sessions that have ended; {@code end} is {@code orderly}, one of {@code
 *       ConnectionLostError.How} in lower case, or {@code protocol};
 *   <li>{@code qmp.commands.queued}: gauge, the commands that were subscribed to and not written yet;
 *   <li>{@code qmp.commands.in.flight}: gauge, the commands written and unanswered, those that were given up included;
 *   <li>{@code qmp.command.wait}: timer, how long commands have waited before they were written;
 *   <li>{@code qmp.events.buffered}: gauge, the events in the buffers of subscribers, of open sessions;
 *   <li>{@code qmp.events.dropped}: counter; {@code reason} is one of {@link EventDrop} in lower case.
 * </ul>
 */
public final class MicrometerMeters implements QmpObserver {

    private final Map<Peer, PeerMeters> meters = new EnumMap<>(Peer.class);

    private MicrometerMeters(MeterRegistry registry) {
        for (Peer peer : Peer.values()) {
            meters.put(peer, new PeerMeters(registry, peer));
        }
    }

    /**
     * Registers the meters.
     *
     * @param registry where; Spring Boot has one as a bean
     * @return the observer
     */
    public static MicrometerMeters of(MeterRegistry registry) {
        return new MicrometerMeters(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
        return new Session(Objects.requireNonNull(meters.get(session.peer())));
    }

    /** Its state is confined to the event loop, after {@link #connected}. */
    private static final class Session implements SessionObservation {

        private final PeerMeters meters;
        private long since;
        private int buffered;
        private boolean open;

        Session(PeerMeters meters) {
            this.meters = meters;
        }

        @Override
        public void connected() {
            since = System.nanoTime();
        }

        @Override
        public void ready() {
            long now = System.nanoTime();
            long took = now - since;
            since = now;
            open = true;
            meters.sessions().increment();
            // Last: a registry may throw, and the gauges have to be right.
            meters.handshake(took);
        }

        @Override
        public void ended(@Nullable QmpError cause) {
            open = false;
            meters.sessions().decrement();
            meters.buffered().add(-buffered);
            meters.ended(end(cause), System.nanoTime() - since);
        }

        private static String end(@Nullable QmpError cause) {
            if (cause == null) {
                return "orderly";
            }
            return cause instanceof ConnectionLostError lost ? lost.how().name().toLowerCase(Locale.ROOT) : "protocol";
        }

        @Override
        public void eventsBuffered(int change) {
            // What a subscriber leaves in its buffer after the end may stay there for ever.
            if (open) {
                buffered += change;
                meters.buffered().add(change);
            }
        }

        @Override
        public void eventDropped(String event, EventDrop why) {
            meters.dropped(why);
        }

        @Override
        public CommandObservation commandStarted(ObservedCommand command, ContextView context) {
            meters.queued().increment();
            return new Command(meters, System.nanoTime());
        }
    }

    private static final class Command implements CommandObservation {

        private final PeerMeters meters;
        private final long since;
        private boolean written;

        Command(PeerMeters meters, long since) {
            this.meters = meters;
            this.since = since;
        }

        @Override
        public void written() {
            written = true;
            meters.queued().decrement();
            meters.inFlight().increment();
            meters.waited(System.nanoTime() - since);
        }

        @Override
        public void released() {
            (written ? meters.inFlight() : meters.queued()).decrement();
        }
    }
}
