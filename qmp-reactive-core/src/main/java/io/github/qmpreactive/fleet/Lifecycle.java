package io.github.qmpreactive.fleet;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Starts and stops machines with their fleet. */
final class Lifecycle {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.fleet");

    private final Roster roster;

    /** While the fleet runs: what emits when it is stopped. */
    private final AtomicReference<Sinks.@Nullable Empty<Void>> running = new AtomicReference<>();

    Lifecycle(Roster roster) {
        this.roster = roster;
    }

    void start() {
        if (running.compareAndSet(null, Sinks.empty())) {
            followAll();
        }
    }

    void stop() {
        Sinks.Empty<Void> stopped = running.getAndSet(null);
        if (stopped != null) {
            followAll();
            stopped.tryEmitEmpty().orThrow();
        }
    }

    boolean isRunning() {
        return running.get() != null;
    }

    Mono<Void> stopped() {
        return Mono.defer(() -> {
            Sinks.Empty<Void> stopped = running.get();
            Mono<Void> end = stopped == null ? Mono.empty() : stopped.asMono();
            return end.thenMany(Flux.defer(() -> Flux.fromIterable(roster.machines())))
                    .concatMap(machine -> machine.supervisor().stopped())
                    .then();
        });
    }

    /**
     * A machine runs while it is in the fleet and the fleet runs. Each machine is followed by itself: the caller that adds one finds
     * it started, also while another thread starts others.
     */
    void follow(Machine machine) {
        machine.follow(this::isRunning);
    }

    private void followAll() {
        roster.machines().forEach(this::follow);
    }

    /** What a subscriber, or an application's way to connect, throws concerns one machine: the others go on. */
    static void threw(Throwable thrown) {
        LOG.error("Ignored what was thrown while machines were started, stopped or connected", thrown);
    }
}
