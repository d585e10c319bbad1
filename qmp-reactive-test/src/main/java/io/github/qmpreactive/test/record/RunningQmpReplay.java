package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.record.Replay;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/** A {@link QmpReplay} that listens. To be closed at the end of the test; safe for use by several threads. */
public final class RunningQmpReplay implements RecordedServer {

    private final Replay replay;
    private final RunningFakeQmpServer server;
    private final AtomicBoolean told = new AtomicBoolean();

    RunningQmpReplay(Replay replay, RunningFakeQmpServer server) {
        this.replay = replay;
        this.server = server;
    }

    @Override
    public String address() {
        return server.address();
    }

    /** {@return the fake that does it, closed with the replay: what it received, its connections, which may be reset} */
    public RunningFakeQmpServer server() {
        return server;
    }

    /**
     * Checks that all that was recorded was sent, and nothing else. In order, {@link #close()} does so as well; by command, no
     * other method does.
     *
     * @throws AssertionError if something was not sent, or something else was; names file and line
     */
    public void verify() {
        told.set(true);
        server.verify();
        check(replay.missing());
    }

    /**
     * Stops listening and closes all connections.
     *
     * @return completes when all is closed; errors with an AssertionError if something was sent that was not recorded
     */
    public Mono<Void> closeLater() {
        return Mono.<Void>fromRunnable(() -> told.set(true)).then(server.closeLater());
    }

    /**
     * As {@link #closeLater()}, for test code: waits until all is closed, 10 s at most; blocks.
     *
     * @throws AssertionError if something was sent that was not recorded. In order also if something was recorded that was
     *     not sent, unless {@link #verify()} or {@link #closeLater()} was called before
     */
    @Override
    public void close() {
        boolean toldBefore = told.getAndSet(true);
        server.close();
        if (replay.isInOrder() && !toldBefore) {
            check(replay.missing());
        }
    }

    /** For people: where it listens. */
    @Override
    public String toString() {
        return "replay at " + address();
    }

    private static void check(List<String> missing) {
        if (!missing.isEmpty()) {
            throw new AssertionError("Not all that was recorded was sent\n" + String.join("\n", missing));
        }
    }
}
