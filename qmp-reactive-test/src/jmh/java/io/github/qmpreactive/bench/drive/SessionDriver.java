package io.github.qmpreactive.bench.drive;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.EventOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A session on the workloads, in the way a reactive program would write them. */
final class SessionDriver implements Drive.Driver {

    private static final long SPIN_NANOS = 200_000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final QmpSession session;
    private final boolean blocking;

    SessionDriver(Path socket, Workload workload, boolean blocking, boolean spinning) {
        this.blocking = blocking;
        boolean pipe = workload.kind() == Workload.Kind.PIPE;
        QmpClient client = QmpClient.create();
        session = Objects.requireNonNull((spinning ? client.runOn(new SpinningLoops(1, SPIN_NANOS)) : client)
                .unixSocket(socket)
                .maxInFlight(pipe ? workload.argument() : 7)
                .maxMessageSize(64 << 20)
                .connect()
                .block(PATIENCE));
    }

    @Override
    public void run(Workload workload) {
        switch (workload.kind()) {
            case SEQ -> roundTrips(workload.count(), QmpCommand.of(workload.command()));
            case PIPE -> pipe(workload.count(), workload.argument(), QmpCommand.of(workload.command()));
            case FLOOD -> flood(workload.count());
            case BIG -> roundTrips(workload.count(), QmpCommand.of("big").arguments(Map.of("kb", workload.argument())));
        }
    }

    private void roundTrips(int count, QmpCommand command) {
        Mono<JsonNode> roundTrip = session.execute(command);
        if (blocking) {
            for (int i = 0; i < count; i++) {
                roundTrip.block(PATIENCE);
            }
        } else {
            roundTrip.repeat(count - 1L).then().block(PATIENCE);
        }
    }

    private void pipe(int count, int depth, QmpCommand command) {
        Mono<JsonNode> answer = session.execute(command);
        // So many workers, each with its next command when its last was answered; the first few have one more to do.
        Flux.range(0, depth)
                .flatMap(
                        i -> answer.repeat(count / depth - 1 + (i < count % depth ? 1 : 0))
                                .then(),
                        depth)
                .then()
                .block(PATIENCE);
    }

    private void flood(int count) {
        Mono<Long> seen = session.events(EventOptions.all())
                .takeUntil(event -> event.name().equals("DONE"))
                .filter(event -> !event.name().equals("DONE"))
                .count();
        QmpCommand flood = QmpCommand.of("flood").arguments(Map.of("n", count));
        Long events = Mono.zip(seen, session.execute(flood), (n, result) -> n).block(PATIENCE);
        if (events == null || events != count) {
            throw new IllegalStateException("saw " + events + " events of " + count);
        }
    }

    @Override
    public void close() {
        session.disconnect().block(PATIENCE);
    }
}
