package io.github.qmpreactive.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The meters of all sessions with monitors, or with agents. */
final class PeerMeters {

    private final MeterRegistry registry;
    private final String peer;
    private final LongAdder sessions;
    private final LongAdder queued;
    private final LongAdder inFlight;
    private final LongAdder buffered;
    private final Timer handshake;
    private final Timer wait;
    private final Map<EventDrop, Counter> dropped = new EnumMap<>(EventDrop.class);

    PeerMeters(MeterRegistry registry, Peer of) {
        this.registry = registry;
        this.peer = of.name().toLowerCase(Locale.ROOT);
        this.sessions = gauge("qmp.sessions", "Sessions that are open");
        this.queued = gauge("qmp.commands.queued", "Commands that were not written yet");
        this.inFlight = gauge("qmp.commands.in.flight", "Commands written and unanswered");
        this.buffered = gauge("qmp.events.buffered", "Events in the buffers of subscribers");
        this.handshake = Timer.builder("qmp.session.handshake")
                .description("From the connection to the end of the handshake")
                .tag("peer", peer)
                .register(registry);
        this.wait = Timer.builder("qmp.command.wait")
                .description("How long commands have waited before they were written")
                .tag("peer", peer)
                .register(registry);
        for (EventDrop why : EventDrop.values()) {
            dropped.put(
                    why,
                    Counter.builder("qmp.events.dropped")
                            .description("Events that did not reach a subscriber")
                            .tag("peer", peer)
                            .tag("reason", why.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    private LongAdder gauge(String name, String description) {
        LongAdder value = new LongAdder();
        Gauge.builder(name, value::sum)
                .description(description)
                .tag("peer", peer)
                .register(registry);
        return value;
    }

    LongAdder sessions() {
        return sessions;
    }

    LongAdder queued() {
        return queued;
    }

    LongAdder inFlight() {
        return inFlight;
    }

    LongAdder buffered() {
        return buffered;
    }

    void handshake(long nanos) {
        handshake.record(nanos, TimeUnit.NANOSECONDS);
    }

    void waited(long nanos) {
        wait.record(nanos, TimeUnit.NANOSECONDS);
    }

    void dropped(EventDrop why) {
        Objects.requireNonNull(dropped.get(why)).increment();
    }

    void ended(String end, long nanos) {
        Timer.builder("qmp.session")
                .description("The life of sessions that have ended")
                .tag("peer", peer)
                .tag("end", end)
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }
}
