package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.job.JobProgress;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The disk is at a storage daemon that is stopped: saving the snapshot takes until it goes on. */
@ExtendWith(LeakGuard.class)
@Qemu(
        args = {"-machine", "pc", "-accel", "tcg", "-m", "32"},
        version = "6.0+")
@DisplayName("probe at real QEMU that saves a snapshot")
class QemuProbeSnapshotTest {

    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Pattern ASKED = Pattern.compile(".* > (#\\S+) .*query-yank.*");

    private static final QmpCommand SAVE = QmpCommand.of("snapshot-save")
            .arguments(Map.of("job-id", "s", "tag", "t", "vmstate", "disk", "devices", List.of("disk")));

    private static final String STATUS = "{\"execute\": \"query-status\", \"id\": \"mine\"}";

    private QemuProcess daemon;

    @BeforeEach
    void disk(QmpSession session, @TempDir Path folder) throws IOException {
        String file = folder.resolve("image").toString();
        QmpJobs jobs = QmpJobs.of(session);
        jobs.run(create(Map.of("driver", "file", "filename", file, "size", 0))).blockLast(Patience.PATIENCE);
        Map<String, String> image = Map.of("driver", "file", "node-name", "f", "filename", file);
        await(session.execute("blockdev-add", image));
        jobs.run(create(Map.of("driver", "qcow2", "file", "f", "size", 1 << 20)))
                .blockLast(Patience.PATIENCE);
        await(session.execute("blockdev-del", Map.of("node-name", "f")));
        try (RandomAccessFile room = new RandomAccessFile(file, "rw")) {
            // NBD does not let it grow.
            room.setLength(64 << 20);
        }
        daemon = QemuLauncher.of(QemuBinary.STORAGE_DAEMON).start();
        String socket = folder.resolve("nbd").toString();
        await(QmpClient.create().address(daemon.address()).use(storage -> storage.execute("blockdev-add", image)
                .then(storage.execute(
                        "nbd-server-start", Map.of("addr", Map.of("type", "unix", "data", Map.of("path", socket)))))
                .then(storage.execute(
                        "block-export-add",
                        Map.of("type", "nbd", "id", "e", "node-name", "f", "name", "e", "writable", true)))));
        Map<String, ?> nbd = Map.of("driver", "nbd", "server", Map.of("type", "unix", "path", socket), "export", "e");
        await(session.execute("blockdev-add", Map.of("driver", "qcow2", "node-name", "disk", "file", nbd)));
    }

    private static QmpCommand create(Map<String, ?> options) {
        return QmpCommand.of("blockdev-create").arguments(Map.of("options", options));
    }

    @AfterEach
    void close() {
        daemon.resume();
        daemon.close();
    }

    @Test
    @DisplayName(
            "QEMU answers out of band, again and again, and none in band: its session goes on to the end of the job")
    void outOfBand(QemuProcess qemu) {
        try (HeldTimers timers = new HeldTimers();
                CapturedLog wire = CapturedLog.ofWire()) {
            QmpSession session = await(QmpClient.create()
                    .name("saving")
                    .address(qemu.address())
                    .probe(IDLE)
                    .connect());
            daemon.suspend();
            var saved = QmpJobs.of(session)
                    .run(SAVE)
                    .map(JobProgress::status)
                    .collectList()
                    .toFuture();
            var status = session.raw(STATUS, IdPolicy.KEEP).toFuture();
            Patience.until(() -> hasBegun(wire), () -> "not begun: " + wire.lines());
            for (int n = 1; n <= 3; n++) {
                int asked = n;
                awaitRead(session);
                timers.pass(IDLE);
                Patience.until(() -> answered(wire) == asked, () -> "not answered: " + wire.lines());
            }
            assertEquals(SessionState.RUNNING, session.state());
            assertFalse(status.isDone());
            daemon.resume();
            assertEquals("concluded", joined(saved).get(joined(saved).size() - 1));
            joined(status);
            finish(session.disconnect());
        }
    }

    /**
     * What has come is read, to its last byte, each of which begins the silence anew: another command with the id of one that waits
     * is refused on the event loop.
     */
    private static void awaitRead(QmpSession session) {
        StepVerifier.create(session.raw(STATUS, IdPolicy.KEEP))
                .expectError(EncodeError.class)
                .verify(Patience.PATIENCE);
    }

    /** Nothing more comes from here on. */
    private static boolean hasBegun(CapturedLog wire) {
        return wire.lines().stream().anyMatch(line -> line.matches("\\[saving\\] < .*\"running\".*"));
    }

    /** How many questions have been answered. */
    private static long answered(CapturedLog wire) {
        return wire.lines().stream()
                .map(ASKED::matcher)
                .filter(Matcher::matches)
                .filter(question -> wire.lines().stream()
                        .anyMatch(line -> line.contains(" < ") && line.contains("\"" + question.group(1) + "\"")))
                .count();
    }

    @Test
    @DisplayName(
            "without out-of-band commands the session ends as SILENT; the job goes on, and is followed on the next")
    void inBand(QemuProcess qemu, QmpClient client) {
        try (HeldTimers timers = new HeldTimers();
                CapturedLog wire = CapturedLog.ofWire()) {
            QmpSession session = await(QmpClient.create()
                    .name("saving")
                    .address(qemu.address())
                    .oob(OobMode.OFF)
                    .probe(IDLE)
                    .connect());
            daemon.suspend();
            var saved = QmpJobs.of(session).run(SAVE).collectList().toFuture();
            var status = session.raw(STATUS, IdPolicy.KEEP).toFuture();
            Patience.until(() -> hasBegun(wire), () -> "not begun: " + wire.lines());
            awaitRead(session);
            timers.pass(IDLE);
            Patience.until(
                    () -> wire.lines().stream().anyMatch(line -> line.contains("query-version")),
                    () -> "not asked: " + wire.lines());
            timers.pass(IDLE);
            StepVerifier.create(Mono.fromFuture(saved))
                    .expectErrorSatisfies(e -> assertEquals(
                            How.SILENT,
                            assertInstanceOf(ConnectionLostError.class, e.getCause())
                                    .how()))
                    .verify(Patience.PATIENCE);
            StepVerifier.create(Mono.fromFuture(status)).verifyError(ExecInterruptedError.class);
            daemon.resume();
            QmpSession next = await(client.connect());
            StepVerifier.create(QmpJobs.of(next)
                            .follow("s")
                            .map(JobProgress::status)
                            .last())
                    .expectNext("concluded")
                    .verifyComplete();
            finish(next.disconnect());
        }
    }
}
