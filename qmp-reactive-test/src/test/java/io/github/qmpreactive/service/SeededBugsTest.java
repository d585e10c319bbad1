package io.github.qmpreactive.service;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
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

    /** Adds a card on the root bus of a q35, which takes no devices while the machine runs. */
    private static final class WrongBus extends VmPanel {
        WrongBus(QmpSession session) {
            super(session);
        }

        @Override
        Map<String, Object> card(String id) {
            return Map.of("driver", "virtio-net-pci", "id", id, "bus", "pcie.0", "netdev", id + "-net");
        }
    }

    /** Adds a card on a bus that only a pc has. */
    private static final class MissingBus extends VmPanel {
        MissingBus(QmpSession session) {
            super(session);
        }

        @Override
        Map<String, Object> card(String id) {
            return Map.of("driver", "virtio-net-pci", "id", id, "bus", "pci.0", "netdev", id + "-net");
        }
    }

    /** Adds a card with a property that it has not. */
    private static final class MisspeltProperty extends VmPanel {
        MisspeltProperty(QmpSession session) {
            super(session);
        }

        @Override
        Map<String, Object> card(String id) {
            return Map.of("driver", "virtio-net-pci", "id", id, "bus", "rp0", "net-dev", id + "-net");
        }
    }

    /** Asks something that the machine does not know before it pauses, and takes no notice of the error. */
    private static final class SwallowsErrors extends VmPanel {
        SwallowsErrors(QmpSession session) {
            super(session);
        }

        @Override
        Mono<QmpEvent> pause() {
            return session.execute("query-pauses").onErrorComplete().then(super.pause());
        }
    }

    /** Leaves the machine paused. */
    private static final class ForgetsToResume extends VmPanel {
        ForgetsToResume(QmpSession session) {
            super(session);
        }

        @Override
        Mono<QmpEvent> blink() {
            return pause();
        }
    }

    /** Sends the command once; the event of that time serves the second time as well. */
    private static final class RemembersEvent extends VmPanel {
        private final Mono<QmpEvent> paused;

        RemembersEvent(QmpSession session) {
            super(session);
            paused = super.pause().cache();
        }

        @Override
        Mono<QmpEvent> pause() {
            return paused;
        }
    }

    /** Sends the command each time, and takes the event of the first time for that of each. */
    private static final class TakesEarlierEvent extends VmPanel {
        private final QmpSession session;
        private final Mono<QmpEvent> first;

        TakesEarlierEvent(QmpSession session) {
            super(session);
            this.session = session;
            first = session.events(EventOptions.named("STOP")).next().cache();
            first.subscribe();
        }

        @Override
        Mono<QmpEvent> pause() {
            return session.execute("stop").then(first);
        }
    }

    @Test
    @DisplayName("pass if the service is right")
    void right() {
        VmPanelTests tests = new VmPanelTests(VmPanel::new, PATIENCE);
        assertAll(tests::pauses, tests::unplugs, tests::addsNetwork, tests::blinks, tests::pausesTwice);
    }

    @Test
    @DisplayName("find a command that the fake does not know, also where the service swallows its error")
    void swallows() {
        assertFinds(
                SwallowsErrors::new, PATIENCE, VmPanelTests::pauses, "No stub answers {\"execute\":\"query-pauses\"");
    }

    @Test
    @DisplayName("find that a stubbed command was not sent: the failure names it, and what was sent")
    void forgets() {
        assertFinds(
                ForgetsToResume::new,
                PATIENCE,
                VmPanelTests::blinks,
                "No command came for:\n  .when(\"cont\")",
                "stop");
    }

    @Test
    @DisplayName("find that an event was of an earlier command, since the command does not come for the second time")
    void remembers() {
        assertFinds(
                RemembersEvent::new, PATIENCE, VmPanelTests::pausesTwice, "for stop on any connection since fromNow()");
    }

    @Test
    @DisplayName("find that an event was of an earlier command, though the command came for the second time")
    void takesEarlier() {
        assertFinds(TakesEarlierEvent::new, PATIENCE, VmPanelTests::pausesTwice, "the STOP of the second time");
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

    @Test
    @DisplayName("find a bus that takes no devices, and one that is not there: the failure has QEMU's words")
    void wrongBus() {
        assertFinds(
                WrongBus::new,
                PATIENCE,
                VmPanelTests::addsNetwork,
                "Bus 'pcie.0' does not support hotplugging",
                "device_add");
        assertFinds(MissingBus::new, PATIENCE, VmPanelTests::addsNetwork, "Bus 'pci.0' not found", "device_add");
    }

    @Test
    @DisplayName("find a misspelt property of a device: the failure has QEMU's words, and what was sent")
    void misspeltProperty() {
        assertFinds(
                MisspeltProperty::new,
                PATIENCE,
                VmPanelTests::addsNetwork,
                "Property 'virtio-net-pci.net-dev' not found",
                "device_add");
    }
}
