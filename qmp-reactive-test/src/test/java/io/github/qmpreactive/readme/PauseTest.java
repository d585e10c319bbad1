package io.github.qmpreactive.readme;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@DisplayName("README: a test with real QEMU")
// snippet: qemu-test
@Qemu(
        args = {"-machine", "pc", "-accel", "tcg", "-m", "32"},
        version = "7.2+")
@QmpGuards // fails a test that leaves a session or a process behind
class PauseTest {

    @Test
    void runs(QmpSession session, QemuProcess qemu) {
        StepVerifier.create(session.executeAndAwait("cont", "RESUME"))
                .expectNextCount(1)
                .verifyComplete();
        qemu.kill(); // a real one
        StepVerifier.create(session.onDisconnect()).verifyError();
    }

    @Test
    @Qemu(binary = QemuBinary.GUEST_AGENT)
    void answers(QgaSession agent) {
        StepVerifier.create(agent.execute("guest-ping")).expectNextCount(1).verifyComplete();
    }
}
// end
