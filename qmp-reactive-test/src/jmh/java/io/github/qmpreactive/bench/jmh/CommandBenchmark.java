package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.message.QmpCommand;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tools.jackson.databind.JsonNode;

/** Commands one at a time: a round trip each. */
public class CommandBenchmark {

    private static final int BATCH = 1_000;

    private static final QmpCommand COMMAND = QmpCommand.of("query-status");

    /**
     * As one reactive pipeline, on the event loop.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void roundTrip(Peers peers) {
        peers.session.execute(COMMAND).repeat(BATCH - 1L).then().block(Peers.PATIENCE);
    }

    /**
     * From a thread that blocks for each answer.
     *
     * @param peers connected
     * @return the answer
     */
    @Benchmark
    public JsonNode roundTripBlocking(Peers peers) {
        return peers.session.execute(COMMAND).block(Peers.PATIENCE);
    }

    /**
     * The floor.
     *
     * @param peers connected
     * @throws IOException if the server is gone
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void roundTripFloor(Peers peers) throws IOException {
        for (int i = 0; i < BATCH; i++) {
            peers.floor.write("query-status", null);
            peers.floor.flush();
            peers.floor.read();
        }
    }
}
