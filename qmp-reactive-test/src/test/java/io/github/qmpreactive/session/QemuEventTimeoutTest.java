package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("P37 stop of a paused machine at real QEMU, which sends no STOP")
class QemuEventTimeoutTest {

    private static final QmpCommand STOP = QmpCommand.of("stop");

    /** What query-status returns. */
    record Status(boolean running, String status) {}

    @Test
    @DisplayName(
            "executeAndAwait ends after commandTimeout; with unless it completes empty, and stops a running machine")
    void stop() {
        Duration limit = Duration.ofMinutes(7);
        try (HeldTimers timers = new HeldTimers();
                QemuProcess qemu = QemuLauncher.system().withArgs("-S").start()) {
            QmpSession session = await(QmpClient.create()
                    .address(qemu.address())
                    .commandTimeout(limit)
                    .connect());
            // The first timer is that of the reply.
            StepVerifier.create(session.executeAndAwait("stop", "STOP"))
                    .then(() -> timers.runOut(limit, 2))
                    .expectError(ExecTimeoutError.class)
                    .verify(PATIENCE);
            Mono<Boolean> paused = session.execute("query-status", Status.class).map(status -> !status.running());
            Mono<String> stop = session.executeAndAwait(
                            STOP, AwaitOptions.event("STOP").unless(paused))
                    .map(QmpEvent::name);
            StepVerifier.create(stop).expectComplete().verify(PATIENCE);
            await(session.executeAndAwait("cont", "RESUME"));
            assertEquals(
                    "running",
                    await(session.execute("query-status", Status.class)).status());
            StepVerifier.create(stop).expectNext("STOP").expectComplete().verify(PATIENCE);
            finish(session.disconnect());
        }
    }
}
