package io.github.qmpreactive.service;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.ReceivedCommands;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import reactor.test.StepVerifier;
import reactor.test.StepVerifierOptions;

/** The tests that the author of a panel writes, to be run with whichever panel. */
final class VmPanelTests {

    private static final FakeVm VM = FakeVm.create().withDevice("tablet0", "usb-tablet");

    private static final Duration SOON = Duration.ofMillis(100);

    private final Function<QmpSession, VmPanel> panels;
    private final Duration patience;

    VmPanelTests(Function<QmpSession, VmPanel> panels, Duration patience) {
        this.panels = panels;
        this.patience = patience;
    }

    void pauses() {
        try (RunningFakeVm vm = VM.start()) {
            VmPanel panel = panel(vm);
            StepVerifier.create(panel.pause(), StepVerifierOptions.create().scenarioName("pause() emits STOP"))
                    .expectNextMatches(event -> event.name().equals("STOP"))
                    .expectComplete()
                    .verify(patience);
            assertEquals(RunState.PAUSED, vm.runState());
            assertEquals(List.of("STOP"), panel.log());
        }
    }

    void unplugs() {
        try (RunningFakeVm vm = VM.start()) {
            StepVerifier.create(
                            panel(vm).unplug("tablet0"),
                            StepVerifierOptions.create().scenarioName("unplug() emits DEVICE_DELETED"))
                    .expectNextMatches(event -> event.name().equals("DEVICE_DELETED"))
                    .expectComplete()
                    .verify(patience);
            assertEquals(Map.of(), vm.devices());
        }
    }

    void addsNetwork() {
        FakeVm q35 = FakeVm.create().withMachine("q35").withDevice("rp0", "pcie-root-port");
        try (RunningFakeVm vm = q35.start()) {
            StepVerifier.create(
                            panel(vm).addNetwork("net0"),
                            StepVerifierOptions.create().scenarioName("addNetwork() adds a card"))
                    .expectComplete()
                    .verify(patience);
            assertEquals("virtio-net-pci", vm.devices().get("net0"));
        }
    }

    void blinks() {
        FakeQmpServer machine = FakeQmpServer.create()
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP"))
                .when("cont")
                .answer(Answer.reply("{}").eventBefore("RESUME"));
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            panel(QmpClient.create().address(qemu.address())).blink().block(patience);
            qemu.verifyStubs();
        }
    }

    void pausesTwice() {
        FakeQmpServer machine =
                FakeQmpServer.create().when("stop").answer(Answer.reply("{}").eventBefore("STOP"));
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            VmPanel panel = panel(QmpClient.create().address(qemu.address()));
            QmpEvent first = panel.pause().block(patience);
            ReceivedCommands later = qemu.fromNow();
            QmpEvent second = panel.pause().block(patience);
            // Answered before the second pause was over, so there is nothing to wait for.
            later.awaitCommand("stop", SOON);
            assertNotSame(first, second, "the STOP of the second time");
        }
    }

    private VmPanel panel(RunningFakeVm vm) {
        return panel(vm.client());
    }

    private VmPanel panel(QmpClient client) {
        return panels.apply(Objects.requireNonNull(client.connect().block(PATIENCE)));
    }
}
