package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.record.Replay;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
     * {@return a text for each command, up to 100, that was sent and not recorded: what was expected, with file and
     * line, and what came}
     */
    public List<String> failures() {
        return replay.problems();
    }

    /**
     * Checks that all that was recorded was sent, and nothing else; blocks, 10 s at most. In order, {@link #close()} does so
     * as well; by command, no other method does.
     *
     * @throws AssertionError if something was not sent, or something else was; names file and line
     */
    public void verify() {
        told.set(true);
        List<String> problems = new ArrayList<>(failures());
        problems.addAll(missing());
        check(problems);
    }

    /**
     * Stops listening and closes all connections.
     *
     * @return completes when all is closed, whatever was sent
     */
    public Mono<Void> closeLater() {
        return Mono.<Void>fromRunnable(() -> told.set(true)).then(replay.close());
    }

    /**
     * As {@link #closeLater()}, for test code: waits until all is closed, 10 s at most; blocks.
     *
     * @throws AssertionError if something was sent that was not recorded; says what {@link #failures()} says. In order also if
     *     something was recorded that was not sent, unless {@link #verify()} was asked before
     */
    @Override
    public void close() {
        // Before the connections are closed: after that no client is left to tell.
        List<String> missing = replay.isInOrder() && !told.get() ? missing() : List.of();
        closeLater().block(RunningQmpRecorder.PATIENCE);
        // What is missing behind something else is so because of that.
        check(failures().isEmpty() ? missing : failures());
    }

    /** For people: where it listens. */
    @Override
    public String toString() {
        return "replay at " + address();
    }

    private List<String> missing() {
        return Objects.requireNonNull(replay.missing().block(RunningQmpRecorder.PATIENCE));
    }

    private static void check(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new AssertionError("The replay is not what was recorded\n" + String.join("\n", problems));
        }
    }
}
