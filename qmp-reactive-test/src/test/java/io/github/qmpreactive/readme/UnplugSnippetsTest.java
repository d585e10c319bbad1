package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.device.QmpDevices;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@DisplayName("The client's guide: unplugging")
@ExtendWith(LeakGuard.class)
class UnplugSnippetsTest {

    private final UnplugSnippets snippets = new UnplugSnippets();

    @Test
    @DisplayName("unplug removes a disk and its block node, and also the node of a disk that has left before")
    void unplug() {
        try (RunningFakeVm vm = FakeVm.create()
                .withBackend("blockdev", "image0")
                .withBackend("blockdev", "image1")
                .start()) {
            StepVerifier.create(vm.client().use(session -> session.execute(
                                    "device_add", Map.of("driver", "usb-storage", "id", "disk0", "drive", "image0"))
                            .then(snippets.detach(session, "disk0", "image0"))
                            .then(snippets.detach(session, "disk1", "image1"))))
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(Map.of(), vm.devices());
        }
    }

    @Test
    @DisplayName("unplug-later tells whether the guest has released the device")
    void later() {
        FakeVm machine = FakeVm.create().withDevice("net0", "e1000");
        try (RunningFakeVm vm = machine.start()) {
            StepVerifier.create(vm.client().use(session -> snippets.detachNow(QmpDevices.of(session), "net0")))
                    .expectNext(true)
                    .expectComplete()
                    .verify(PATIENCE);
        }
        try (HeldTimers timers = new HeldTimers();
                RunningFakeVm vm = machine.withGuest(FakeGuestBehavior.create().keepsDevices())
                        .start()) {
            StepVerifier.create(vm.client().use(session -> snippets.detachNow(QmpDevices.of(session), "net0")))
                    .then(() -> vm.server().awaitCommand("device_del"))
                    .then(() -> timers.runOut(Duration.ofSeconds(20)))
                    .expectNext(false)
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }
}
