package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.bench.floor.BlockingClient;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;

/** To connect, negotiate and disconnect. */
public class ConnectBenchmark {

    /**
     * A session.
     *
     * @param peers has the client
     */
    @Benchmark
    public void connect(Peers peers) {
        peers.client.connect().flatMap(QmpSession::disconnect).block(Peers.PATIENCE);
    }

    /**
     * The floor.
     *
     * @param peers has the server
     * @throws IOException if the server is gone
     */
    @Benchmark
    public void connectFloor(Peers peers) throws IOException {
        new BlockingClient(peers.server.socket()).close();
    }
}
