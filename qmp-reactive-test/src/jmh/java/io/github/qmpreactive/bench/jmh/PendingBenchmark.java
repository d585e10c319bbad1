package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.message.QmpCommand;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Commands with 64 in flight while others are never answered: what a command costs must not depend on those. */
@State(Scope.Benchmark)
public class PendingBenchmark {

    private static final int BATCH = 16_384;

    /** How many are never answered. */
    @Param({"1", "100", "10000"})
    int pending;

    /**
     * Sends what is not answered.
     *
     * @param peers connected
     */
    @Setup
    public void hold(Peers peers) {
        for (int i = 0; i < pending; i++) {
            // Ends with the session, at the end of the run.
            peers.session.execute(QmpCommand.of("hold")).onErrorComplete().subscribe();
        }
    }

    /**
     * The others.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void besidePending(Peers peers) {
        PipelineBenchmark.run(peers.session, 64, BATCH);
    }
}
