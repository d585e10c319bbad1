package io.github.qmpreactive.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@Qemu(
        args = {"-machine", "pc", "-accel", "tcg", "-m", "64"},
        running = true)
@DisplayName("Dumps of the guest's memory at real QEMU")
class QemuDumpTest {

    private static QmpCommand dump(Path file, Map<String, Boolean> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("paging", false);
        arguments.put("protocol", "file:" + file);
        return QmpCommand.of("dump-guest-memory").arguments(arguments);
    }

    @Test
    @DisplayName("end one after the other, detached or not, and the guest runs afterwards")
    void one(QemuProcess qemu, QmpSession session) {
        QmpJobs jobs = QmpJobs.of(session);
        StepVerifier.create(jobs.followDump()).verifyError(JobNotFoundError.class);
        Path file = qemu.folder().resolve("dump");
        for (Map<String, Boolean> more :
                List.of(Map.<String, Boolean>of(), Map.<String, Boolean>of(), Map.of("detach", false))) {
            StepVerifier.create(jobs.dump(dump(file, more)).last())
                    .assertNext(end -> {
                        assertEquals("completed", end.status());
                        assertEquals(end.total(), end.current());
                        assertTrue(file.toFile().length() >= 64 << 20);
                    })
                    .verifyComplete();
            StepVerifier.create(session.execute("query-status"))
                    .assertNext(machine ->
                            assertEquals("running", machine.path("status").stringValue()))
                    .verifyComplete();
        }
        StepVerifier.create(jobs.followDump().map(JobProgress::status))
                .expectNext("completed")
                .verifyComplete();
    }

    @Test
    @DisplayName("that cannot be written error with QEMU's reason, or with its refusal where it finds that out at once")
    void fails(QmpSession session) {
        QmpJobs jobs = QmpJobs.of(session);
        StepVerifier.create(jobs.dump(dump(Path.of("/dev/full"), Map.of())))
                .thenConsumeWhile(progress -> true)
                .verifyErrorSatisfies(e -> assertTrue(
                        assertInstanceOf(JobFailedError.class, e).reason().contains("No space left on device"),
                        e::getMessage));
        StepVerifier.create(jobs.dump(dump(Path.of("/nonexistent/dump"), Map.of())))
                .verifyError(ExecuteError.class);
    }
}
