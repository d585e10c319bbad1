package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import io.github.qmpreactive.test.internal.record.Recording;
import io.github.qmpreactive.test.internal.record.Replay;
import io.github.qmpreactive.test.internal.stub.Stub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A recording of a {@code QmpRecorder}, as a server that replays what QEMU sent. Immutable.
 *
 * <pre>{@code
 * Path recording = Path.of("src/test/resources/stop-and-go.jsonl");
 * try (RunningFakeQmpServer qemu = QmpReplay.inOrder(recording).server().startUnix()) {
 *     QmpClient client = QmpClient.create().address(qemu.address());
 *     ...
 * }
 * }</pre>
 *
 * <ul>
 *   <li>It greets each client as QEMU greeted the first. Each recorded command is answered with its recorded reply, and with
 *       the events that QEMU sent between it and the next command. Events are stamped with the present time.
 *   <li>A command is the recorded one if its name and all its arguments are, and both are in band or out of band;
 *       numbers are compared by value. Ids do not count: replies carry those that the client uses now. What was hidden
 *       when it was recorded may be anything. A negotiation may enable other capabilities.
 *   <li>A command that was not recorded is answered with an error. {@link RunningFakeQmpServer#close()} fails, and says what
 *       was expected, with file and line, and in what it differs.
 *   <li>All goes as fast as it can, unless {@link #paced()} says otherwise.
 *   <li>A recording whose recorder was aborted is good up to its last whole line.
 * </ul>
 */
public final class QmpReplay {

    private final Recording recording;
    private final boolean byCommand;
    private final boolean paced;

    private QmpReplay(Recording recording, boolean byCommand, boolean paced) {
        this.recording = recording;
        this.byCommand = byCommand;
        this.paced = paced;
    }

    /**
     * Expects the recorded commands one after the other, those of the second recorded connection after those of the first: as a
     * {@linkplain FakeQmpServer#script script}. After a command that is not the recorded one, all are refused. {@link
     * RunningFakeQmpServer#close()} fails if a recorded command has not come; {@link RunningFakeQmpServer#closeLater()} does
     * not.
     *
     * @param recording the file
     * @return the replay
     * @throws java.io.UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it is no recording, nothing was recorded, or something that cannot be replayed; the
     *     message names the file and the line
     */
    public static QmpReplay inOrder(Path recording) {
        return new QmpReplay(Recording.of(recording).requireReplayable(), false, false);
    }

    /**
     * Answers the recorded commands in whatever order they come: as {@linkplain FakeQmpServer#when stubs}. A command that was
     * recorded several times is answered as the first time, then as the second; when all are used up, as the last time. Calls
     * are counted over all connections. {@link RunningFakeQmpServer#verifyStubs()} fails if one has not come.
     *
     * @param recording the file
     * @return the replay
     * @throws java.io.UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException as {@link #inOrder} throws it
     */
    public static QmpReplay byCommand(Path recording) {
        return new QmpReplay(Recording.of(recording).requireReplayable(), true, false);
    }

    /**
     * Waits as long as QEMU did: with a reply since its command, and the events before it come with it; with an event after
     * the reply since what was sent before it.
     *
     * @return the new replay; it waits by the clock of {@link FakeQmpServer#withScheduler}
     */
    public QmpReplay paced() {
        return new QmpReplay(recording, byCommand, true);
    }

    /** {@return the server that replays it: where it listens, and what else it answers, can still be said} */
    public FakeQmpServer server() {
        Replay replay = new Replay(recording, paced);
        FakeQmpServer server = recording
                .greeting()
                .map(greeting -> FakeQmpServer.create()
                        .withGreeting(new String(QemuJsonWriter.line(greeting), StandardCharsets.US_ASCII)))
                .orElseGet(() -> FakeQmpServer.create().withoutGreeting());
        server = replay.negotiates() ? server.with(replay.negotiation()) : server.withoutNegotiation();
        if (!byCommand) {
            return server.script(new QmpScript(replay.steps()));
        }
        for (Stub stub : replay.stubs()) {
            server = server.with(stub);
        }
        return server;
    }
}
