package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Events as fast as they come. */
@State(Scope.Benchmark)
public class FloodBenchmark {

    static final int BATCH = 50_000;

    private static final QmpCommand FLOOD = QmpCommand.of("flood").arguments(Map.of("n", BATCH));
    private static final QmpCommand NEXT = QmpCommand.of("query-status");

    /** How many get every event. */
    @Param({"0", "1", "10"})
    int subscribers;

    /**
     * The server answers the command behind the flood when all of it was sent.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void flood(Peers peers) {
        Mono<Void> seen = Flux.range(0, subscribers)
                .flatMap(i -> peers.session.events().takeUntil(FloodBenchmark::isLast), Math.max(1, subscribers))
                .then();
        Mono.when(seen, peers.session.execute(FLOOD), peers.session.execute(NEXT))
                .block(Peers.PATIENCE);
    }

    private static boolean isLast(QmpEvent event) {
        return event.name().equals("DONE");
    }
}
