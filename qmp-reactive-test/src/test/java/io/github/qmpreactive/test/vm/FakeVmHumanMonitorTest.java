package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The human monitor of a FakeVm:")
class FakeVmHumanMonitorTest {

    private static QmpSession connect(RunningFakeVm vm) {
        return Objects.requireNonNull(vm.client().connect().block(PATIENCE));
    }

    @ParameterizedTest
    @CsvSource({"7.2, 7.2.22Debian", "10.0, 10.0.13Debian", "11.1, 11.1.3Debian"})
    @DisplayName("prints what it knows in QEMU's words, and does what a command of QMP does")
    void lines(String version, String begin) {
        QemuProfile profile = QemuProfile.of(version);
        FakeVm machine = FakeVm.create()
                .withName("vm1")
                .withProfile(profile)
                .withServer(server -> server.withSchema(profile.schemaCheck()));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            assertEquals("", session.hmp("stop").block(PATIENCE));
            assertEquals(RunState.PAUSED, vm.runState());
            assertEquals("VM status: paused\r\n", session.hmp("info status").block(PATIENCE));
            assertEquals("vm1\r\n", session.hmp("info name").block(PATIENCE));
            String told = session.hmp("info version").block(PATIENCE);
            assertTrue(String.valueOf(told).startsWith(begin), told);
            assertEquals(
                    "unknown command: 'info nope'\r\n", session.hmp("info nope").block(PATIENCE));
        }
    }

    @Test
    @DisplayName("quit by a line ends the machine")
    void quit() {
        try (RunningFakeVm vm = FakeVm.create().start()) {
            QmpSession session = connect(vm);
            StepVerifier.create(session.hmp("q")).expectNext("").verifyComplete();
            StepVerifier.create(session.onDisconnect()).verifyComplete();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"info registers", "savevm t1", "help", "info"})
    @DisplayName("refuses a line that QEMU knows and the fake does not, which a test stubs")
    void stubbed(String line) {
        try (RunningFakeVm vm = FakeVm.create().start()) {
            QmpSession session = connect(vm);
            ExecuteError refusal =
                    assertThrows(ExecuteError.class, () -> session.hmp(line).block(PATIENCE));
            assertTrue(refusal.description().startsWith("FakeVm"), refusal::description);
        }
        FakeVm machine = FakeVm.create().withServer(server -> server.when("human-monitor-command")
                .withArguments("{\"command-line\": \"" + line + "\"}")
                .reply("\"as the test says\\r\\n\""));
        try (RunningFakeVm vm = machine.start()) {
            QmpSession session = connect(vm);
            assertEquals("as the test says\r\n", session.hmp(line).block(PATIENCE));
            assertEquals("VM status: running\r\n", session.hmp("info status").block(PATIENCE));
        }
    }
}
