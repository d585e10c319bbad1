package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.QmpScript;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("README: scripts and faults")
@ExtendWith(LeakGuard.class)
class ScriptSnippetsTest {

    private static Mono<QmpEvent> unplug(QmpClient client, String device) {
        QmpCommand command = QmpCommand.of("device_del").arguments(Map.of("id", device));
        return client.withSession(vm ->
                        vm.executeAndAwait(command, QmpEvent.matching("DEVICE_DELETED", Map.of("device", device))))
                .next();
    }

    // snippet: script
    @Test
    void unplugs() {
        QmpScript script = QmpScript.create()
                .expect("device_del", "{\"id\": \"usb0\"}")
                .reply("{}")
                .pause(Duration.ofMillis(10))
                .emit("DEVICE_DELETED", "{\"device\": \"usb0\"}");
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().script(script).startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(unplug(client, "usb0")).expectNextCount(1).verifyComplete();
        } // fails the test if the conversation was another one, or is not over
    }
    // end

    // snippet: faults
    @Test
    void tellsWhatWentWrong() {
        FakeQmpServer machine = FakeQmpServer.create().when("query-block").answer(Faults.halfReply());
        try (RunningFakeQmpServer qemu = machine.startTcp()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(client.withSession(vm -> vm.execute("query-block")))
                    .verifyError(ExecInterruptedError.class);
            StepVerifier.create(client.withSession(QmpSession::events))
                    .then(() -> qemu.awaitConnection(1).faults().garbage())
                    .verifyError(MalformedMessageError.class);
        }
    }
    // end

    @Test
    @DisplayName("The script tells of another conversation")
    void fails() {
        RunningFakeQmpServer qemu = FakeQmpServer.create()
                .script(QmpScript.create()
                        .expect("device_del", "{\"id\": \"usb0\"}")
                        .reply("{}"))
                .startUnix();
        QmpClient client = QmpClient.create().address(qemu.address());
        assertThrows(ExecuteError.class, () -> unplug(client, "usb1").block(PATIENCE));
        AssertionError failure = assertThrows(AssertionError.class, qemu::close);
        assertTrue(String.valueOf(failure.getMessage()).contains("/arguments/id: expected \"usb0\", but was \"usb1\""));
    }
}
