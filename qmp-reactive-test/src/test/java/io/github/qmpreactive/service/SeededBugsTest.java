package io.github.qmpreactive.service;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("A service's own tests with FakeVm")
class SeededBugsTest {

    /** What waits for an event that has gone by waits for ever. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Removes a device by an argument that device_del has not got. */
    private static final class MisspeltArgument extends VmPanel {
        MisspeltArgument(QmpSession session) {
            super(session);
        }

        @Override
        Mono<QmpEvent> unplug(String id) {
            return session.executeAndAwait(
                    QmpCommand.of("device_del").arguments(Map.of("device", id)), QmpEvent.named("DEVICE_DELETED"));
        }
    }

    /** Has the right argument, and one too many. */
    private static final class UnknownArgument extends VmPanel {
        UnknownArgument(QmpSession session) {
            super(session);
        }

        @Override
        Mono<QmpEvent> unplug(String id) {
            return session.execute("device_del", Map.of("id", id, "force", true))
                    .then(super.unplug(id));
        }
    }

    /** Begins to listen when the event has gone by: QEMU sends STOP before the reply. */
    private static final class WaitsTooLate extends VmPanel {
        WaitsTooLate(QmpSession session) {
            super(session);
        }

        @Override
        Mono<QmpEvent> pause() {
            return session.execute("stop").then(session.events("STOP").next());
        }
    }

    @Test
    @DisplayName("pass if the service is right")
    void right() {
        VmPanelTests tests = new VmPanelTests(VmPanel::new, PATIENCE);
        assertAll(tests::pauses, tests::unplugs);
    }

    @Test
    @DisplayName("find a misspelt argument: the failure has QEMU's words, and what was sent")
    void misspelt() {
        assertFinds(MisspeltArgument::new, PATIENCE, VmPanelTests::unplugs, "Parameter 'id' is missing", "device_del");
    }

    @Test
    @DisplayName("find an argument that the command has not got: the failure has QEMU's words, and what was sent")
    void unknown() {
        assertFinds(
                UnknownArgument::new, PATIENCE, VmPanelTests::unplugs, "Parameter 'force' is unexpected", "device_del");
    }

    @Test
    @DisplayName("find that an event is waited for after the command: the failure says what did not come")
    void waitsTooLate() {
        assertFinds(WaitsTooLate::new, SOON, VmPanelTests::pauses, "pause() emits STOP", "timed out");
    }

    private static void assertFinds(
            Function<QmpSession, VmPanel> panel, Duration patience, Consumer<VmPanelTests> test, String... words) {
        VmPanelTests tests = new VmPanelTests(panel, patience);
        Executable run = () -> test.accept(tests);
        String message = String.valueOf(assertThrows(AssertionError.class, run).getMessage());
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }
}
