package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.record.Entry;
import io.github.qmpreactive.test.internal.record.Recording;
import io.github.qmpreactive.test.internal.record.Replay;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A server that replays what QEMU sent. Immutable; one that is set up can be started any number of times.
 *
 * <pre>{@code
 * QmpRecording recording = QmpRecording.ofResource(getClass(), "stop-and-go.jsonl");
 * try (RunningQmpReplay qemu = QmpReplay.inOrder(recording).startUnix()) {
 *     QmpClient client = QmpClient.create().address(qemu.address());
 *     ...
 * }
 * }</pre>
 *
 * <ul>
 *   <li>It greets each client as QEMU greeted the first. Each recorded command is a stub: it is answered with its recorded
 *       reply, and with the events that QEMU sent between it and the next command. Events are stamped with the present time.
 *   <li>A command is the recorded one if its name and all its arguments are, and both are in band or out of band;
 *       numbers are compared by value. Ids do not count: replies carry those that the client uses now. What was hidden
 *       when it was recorded may be anything.
 *   <li>A command that was not recorded is answered with a GenericError that says what was expected, with file and
 *       line, and in what it differs. {@link RunningQmpReplay#close()} fails with the same.
 *   <li>All goes as fast as it can, unless {@link #paced()} says otherwise.
 * </ul>
 */
public final class QmpReplay {

    private final Recording recording;
    private final boolean byCommand;
    private final FakeQmpServer server;
    private final boolean paced;

    /** Null for Reactor's, looked up at each wait. */
    private final @Nullable Scheduler clock;

    private QmpReplay(
            Recording recording, boolean byCommand, FakeQmpServer server, boolean paced, @Nullable Scheduler clock) {
        this.recording = recording;
        this.byCommand = byCommand;
        this.server = server;
        this.paced = paced;
        this.clock = clock;
    }

    /**
     * Expects the recorded commands one after the other, those of the second recorded connection after those of the first.
     * After a command that is not the recorded one, all are refused. {@link RunningQmpReplay#close()} fails if a recorded
     * command has not come; {@link RunningQmpReplay#closeLater()} does not.
     *
     * @param recording what was recorded
     * @return the replay
     * @throws IllegalArgumentException if nothing was recorded, or something that cannot be replayed; the message names
     *     the file and the line
     */
    public static QmpReplay inOrder(QmpRecording recording) {
        return new QmpReplay(checked(recording), false, FakeQmpServer.create(), false, null);
    }

    /**
     * Answers the recorded commands in whatever order they come. A command that was recorded several times is answered as the
     * first time, then as the second; when all are used up, as the last time. Calls are counted over all connections.
     *
     * @param recording what was recorded
     * @return the replay
     * @throws IllegalArgumentException as {@link #inOrder} throws it
     */
    public static QmpReplay byCommand(QmpRecording recording) {
        return new QmpReplay(checked(recording), true, FakeQmpServer.create(), false, null);
    }

    /**
     * Waits as long as QEMU did: with a reply since its command, and the events before it come with it; with an event after
     * the reply since that command, too.
     *
     * @return the new replay; it takes {@code Schedulers.parallel()}, looked up at each wait, which is the virtual one
     *     inside of {@code StepVerifier.withVirtualTime}. Over a fake with a clock of its own take {@link
     *     #paced(Scheduler)}
     */
    public QmpReplay paced() {
        return new QmpReplay(recording, byCommand, server, true, null);
    }

    /**
     * {@return a replay that waits as {@link #paced()} does, by another clock}
     *
     * @param scheduler the clock, for example a virtual one
     */
    public QmpReplay paced(Scheduler scheduler) {
        return new QmpReplay(recording, byCommand, server, true, scheduler);
    }

    /**
     * {@return a replay that listens and sends as a certain fake does: at its path or port, in pieces, over TLS. Its own
     * greeting and stubs do not count}
     *
     * @param server the fake
     */
    public QmpReplay over(FakeQmpServer server) {
        return new QmpReplay(recording, byCommand, server, paced, clock);
    }

    /**
     * Listens on a UNIX socket; blocks, 10 s at most.
     *
     * @return the running replay
     * @throws AssertionError if it does not listen by then
     */
    public RunningQmpReplay startUnix() {
        return start(FakeQmpServer::startUnix);
    }

    /**
     * Listens on a TCP port of 127.0.0.1; blocks, 10 s at most.
     *
     * @return the running replay
     * @throws AssertionError if it does not listen by then
     */
    public RunningQmpReplay startTcp() {
        return start(FakeQmpServer::startTcp);
    }

    private RunningQmpReplay start(Function<FakeQmpServer, RunningFakeQmpServer> start) {
        Scheduler own = clock;
        Supplier<Scheduler> timer = own == null ? Schedulers::parallel : () -> own;
        Replay replay = new Replay(recording, byCommand, paced ? timer : null);
        RunningFakeQmpServer running = start.apply(replay.on(own == null ? server : server.withScheduler(own)));
        replay.begin(running);
        return new RunningQmpReplay(replay, running);
    }

    private static Recording checked(QmpRecording recorded) {
        Recording recording = recorded.recording();
        if (recording.entries().isEmpty()) {
            throw new IllegalArgumentException(recording.name() + ": nothing was recorded");
        }
        for (Entry entry : recording.entries()) {
            if (entry.unreadable() != null) {
                throw new IllegalArgumentException(recording.placeOf(entry) + ": what was no JSON cannot be replayed ("
                        + entry.unreadable() + ")");
            }
        }
        return recording;
    }
}
