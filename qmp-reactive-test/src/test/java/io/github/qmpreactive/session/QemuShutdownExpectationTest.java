package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("P35 The end that a SHUTDOWN event of real QEMU announces")
class QemuShutdownExpectationTest {

    private static QemuProcess start(String... more) {
        return QemuLauncher.system()
                .withArgs("-machine", "pc", "-accel", "tcg", "-m", "32", "-S", "-no-reboot")
                .withArgs(more)
                .start();
    }

    private static QmpSession connect(QemuProcess qemu) {
        return await(QmpClient.create().address(qemu.address()).connect());
    }

    @Test
    @DisplayName("is not expected of a paused machine with -no-shutdown that has answered since: SIGKILL is a loss")
    void livesOn() {
        try (QemuProcess qemu = start("-no-shutdown")) {
            QmpSession session = connect(qemu);
            await(session.executeAndAwait("system_reset", "SHUTDOWN"));
            await(session.execute("query-status"));
            await(session.execute("query-status"));
            qemu.kill();
            StepVerifier.create(session.onDisconnect())
                    .expectError(ConnectionLostError.class)
                    .verify(PATIENCE);
        }
    }

    @RepeatedTest(5)
    @DisplayName("is orderly although a command was sent after the event, answered or not")
    void ends() {
        try (QemuProcess qemu = start()) {
            QmpSession session = connect(qemu);
            Mono<Void> asked = session.events("SHUTDOWN")
                    .next()
                    .flatMap(event -> session.execute("query-status").onErrorComplete())
                    .then();
            session.execute("system_reset").onErrorComplete().subscribe();
            finish(asked);
            finish(session.onDisconnect());
            finish(session.quit());
        }
    }
}
