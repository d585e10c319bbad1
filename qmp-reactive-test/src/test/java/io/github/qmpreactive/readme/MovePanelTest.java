package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.vm.FakeMigration;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@DisplayName("The kit's guide: migration between two FakeVms")
// snippet: move-test
class MovePanelTest {

    private static final FakeVm MACHINE = FakeVm.create()
            .withMigration(FakeMigration.takes(Duration.ofHours(1)).of(64L << 30));

    @Test
    void moves() {
        try (RunningFakeVm to = FakeVm.create().withIncoming().start();
                RunningFakeVm from = MACHINE.start()) {
            StepVerifier.withVirtualTime(() -> new MovePanel(from.client(), to.client())
                            .move("unix:/vm")
                            .takeLast(2))
                    .then(() -> from.server().awaitCommand("migrate"))
                    .thenAwait(Duration.ofHours(1))
                    .expectNext("100 %", "moved")
                    .verifyComplete();
            assertEquals(RunState.POSTMIGRATE, from.runState());
            assertEquals(RunState.RUNNING, to.runState());
        }
    }

    @Test
    void staysIfTheDestinationCannotLoadIt() {
        FakeVm other = FakeVm.create().withIncoming().withMigration(FakeMigration.fails("Unknown section"));
        try (RunningFakeVm to = other.start();
                RunningFakeVm from = FakeVm.create().start()) {
            StepVerifier.create(new MovePanel(from.client(), to.client())
                            .move("unix:/vm")
                            .last())
                    .expectNext("stays: Sibling indicated error 1")
                    .verifyComplete();
            assertEquals(RunState.RUNNING, from.runState());
        }
    }
}
// end
