package io.github.qmpreactive.service;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
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

    private VmPanel panel(RunningFakeVm vm) {
        return panels.apply(Objects.requireNonNull(vm.client().connect().block(PATIENCE)));
    }
}
