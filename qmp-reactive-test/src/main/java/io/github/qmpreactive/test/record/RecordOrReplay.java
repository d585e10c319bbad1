package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.QmpReplay;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * One test for both: with the system property {@code qmp.record} set to {@code true} it talks to a real QEMU and
 * records the conversation; without it, the test talks to the recording and needs no QEMU.
 *
 * <pre>{@code
 * @Test
 * void stopsAndGoes() {
 *     Path recording = Path.of("src/test/resources/stop-and-go.jsonl");
 *     try (RecordedServer vm = RecordOrReplay.startUnix(recording, this::startQemu)) {
 *         QmpClient client = QmpClient.create().address(vm.address());
 *         ...
 *     }
 * }
 * }</pre>
 */
public final class RecordOrReplay {

    /** The system property. */
    private static final String PROPERTY = "qmp.record";

    private RecordOrReplay() {}

    /** {@return whether the system property {@code qmp.record} is {@code true}, so that a real QEMU is recorded} */
    public static boolean isRecording() {
        return Boolean.getBoolean(PROPERTY);
    }

    /**
     * Starts a recorder, or a replay {@linkplain QmpReplay#inOrder in order}, on a UNIX socket; blocks, 10 s at most.
     *
     * @param file of the recording: written, or read
     * @param qemu the address of QEMU; called only if it is recorded, so that it may start one, which stays the
     *     caller's to close
     * @return what the client is to talk to
     * @throws IllegalStateException if there is no recording yet; says how to make one
     * @throws IllegalArgumentException if the file is no recording; the message names the file and the line
     */
    public static RecordedServer startUnix(Path file, Supplier<String> qemu) {
        if (isRecording()) {
            RunningQmpRecorder recorder = QmpRecorder.create(qemu.get(), file).startUnix();
            return new RecordedServer(recorder.address(), recorder::close);
        }
        if (!Files.exists(file)) {
            throw new IllegalStateException("There is no recording " + file.toAbsolutePath() + " yet; with -D"
                    + PROPERTY + "=true, and a real QEMU, this test makes one");
        }
        RunningFakeQmpServer replay = QmpReplay.inOrder(file).server().startUnix();
        return new RecordedServer(replay.address(), replay::close);
    }
}
