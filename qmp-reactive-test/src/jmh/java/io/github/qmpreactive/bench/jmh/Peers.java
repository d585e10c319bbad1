package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.bench.floor.BlockingClient;
import io.github.qmpreactive.bench.server.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A server, a session with it, and the floor beside it. */
@State(Scope.Benchmark)
public class Peers {

    /** More than anything takes. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    /** The server. */
    ServerProcess server;

    /** With a window as wide as any benchmark's. */
    QmpClient client;

    /** A session. */
    QmpSession session;

    /** What it is held against. */
    BlockingClient floor;

    /**
     * Connects both.
     *
     * @throws IOException if the server does not start
     */
    @Setup
    public void connect() throws IOException {
        server = new ServerProcess();
        client = QmpClient.create()
                .unixSocket(server.socket())
                .maxInFlight(20_000)
                .maxMessageSize(64 << 20);
        session = Objects.requireNonNull(client.connect().block(PATIENCE));
        floor = new BlockingClient(server.socket());
    }

    /**
     * Disconnects.
     *
     * @throws IOException if that fails
     */
    @TearDown
    public void disconnect() throws IOException {
        session.disconnect().block(PATIENCE);
        floor.close();
        server.close();
    }
}
