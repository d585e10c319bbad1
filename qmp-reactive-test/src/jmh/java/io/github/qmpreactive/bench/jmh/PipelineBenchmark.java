package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;

/** Commands with a number of them in flight. */
@State(Scope.Benchmark)
public class PipelineBenchmark {

    private static final int BATCH = 16_384;

    /** How many are in flight. */
    @Param({"1", "8", "64", "256"})
    int inFlight;

    /**
     * So many pipelines, each sending its next command when its last was answered.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void pipelined(Peers peers) {
        run(peers.session, inFlight, BATCH);
    }

    /**
     * The floor.
     *
     * @param peers connected
     * @throws IOException if the server is gone
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void pipelinedFloor(Peers peers) throws IOException {
        int sent = 0;
        int received = 0;
        while (received < BATCH) {
            for (; sent < BATCH && sent - received < inFlight; sent++) {
                peers.floor.write("query-status", null);
            }
            peers.floor.flush();
            do {
                peers.floor.read();
                received++;
            } while (received < sent && peers.floor.hasMore());
        }
    }

    static void run(QmpSession session, int inFlight, int count) {
        long each = count / inFlight;
        Flux.range(0, inFlight)
                .flatMap(
                        i -> session.execute(QmpCommand.of("query-status"))
                                .repeat(each - 1)
                                .then(),
                        inFlight)
                .then()
                .block(Peers.PATIENCE);
    }
}
