package io.github.qmpreactive.redis;

import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.lettuce.core.XAddArgs;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes what the machines of a host report to a Redis stream: one entry for each event, gap, change of a link and outcome of a
 * command. There are three series, of which none waits for another: events with gaps, links, and outcomes. The entries of a
 * series are in order.
 *
 * <ul>
 *   <li>Redis is down: the fleet keeps the newest 1,000 events of each machine, with a gap in place of older ones, and the latest
 *       link. An entry is written until Redis has confirmed it, and then the next one of its series: none is lost, but one can be
 *       there twice.
 *   <li>The service is killed: the next one has another run, and begins with a gap for each machine.
 * </ul>
 */
final class HostService {

    /** While the stream has no demand, per machine: the oldest go, since the newest say how things are. */
    private static final EventOptions EVENTS =
            EventOptions.all().bufferSize(1000).overflow(EventOverflow.DROP_OLDEST);

    private static final String COMMAND = "query-status";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Old entries go when there are more, read or not. */
    private static final XAddArgs KEPT = XAddArgs.Builder.maxlen(1_000_000).approximateTrimming(true);

    private final String host;
    private final QmpFleet fleet;
    private final Duration every;
    private final Redis redis;
    private final String stream;

    /** The fleet is not started yet. */
    HostService(String host, QmpFleet fleet, Duration every, Redis redis, String stream) {
        this.host = host;
        this.fleet = fleet;
        this.every = every;
        this.redis = redis;
        this.stream = stream;
    }

    // snippet: redis-host
    /** Starts the fleet, and writes. It does not end. Each subscription is a run of its own. */
    Mono<Void> publish() {
        return Mono.defer(() -> {
            String run = UUID.randomUUID().toString();
            Flux<Report> gaps = Flux.fromIterable(fleet.names()).map(Report::started);
            Flux<Report> events = fleet.events(EVENTS).map(Report::of);
            // Subscribed to in this order: the fleet is started when all listen.
            return Mono.when(
                    write(run, "events", Flux.mergeSequential(1, gaps, events)),
                    write(run, "links", fleet.links().map(Report::of)),
                    write(run, "outcomes", outcomes()),
                    Mono.fromRunnable(fleet::start));
        });
    }

    /** Prefetch 1: what waits, waits in the fleet, within its bounds. */
    private Mono<Void> write(String run, String series, Flux<Report> reports) {
        return reports.index((number, report) -> new StreamEntry(host, run, series, number, report))
                .concatMap(this::write, 1)
                .then();
    }

    private Flux<Report> outcomes() {
        return Flux.interval(every)
                .onBackpressureDrop()
                .concatMap(tick -> askAll().onBackpressureBuffer(), 1); // of one round: one for each machine
    }

    /** Needs demand: an outcome that waits keeps another machine from being asked, until the limit has passed. */
    private Flux<Report> askAll() {
        return fleet.each(session -> session.execute(COMMAND), LIMIT)
                .timestamp()
                .map(at -> Report.of(COMMAND, at.getT2(), Instant.ofEpochMilli(at.getT1())));
    }

    private Mono<Void> write(StreamEntry entry) {
        return redis.call(commands -> commands.xadd(stream, KEPT, entry.fields()))
                .retryWhen(redis.again())
                .then();
    }
    // end
}
