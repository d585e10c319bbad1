package io.github.qmpreactive.bench.jmh;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tools.jackson.databind.node.JsonNodeFactory;

/** The floor of {@link FloodBenchmark}. */
public class FloodFloorBenchmark {

    /**
     * Reads events until the last.
     *
     * @param peers connected
     * @throws IOException if the server is gone
     */
    @Benchmark
    @OperationsPerInvocation(FloodBenchmark.BATCH)
    public void floodFloor(Peers peers) throws IOException {
        peers.floor.write("flood", JsonNodeFactory.instance.objectNode().put("n", FloodBenchmark.BATCH));
        peers.floor.flush();
        while (!peers.floor.read().path("event").asString("").equals("DONE")) {
            // Reading is all.
        }
    }
}
