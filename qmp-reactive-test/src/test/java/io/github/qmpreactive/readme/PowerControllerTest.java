package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.junit.TestVm;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.test.StepVerifier;

@DisplayName("README: powering off a fake machine")
@QmpGuards
// snippet: power-test
class PowerControllerTest {

    @RegisterExtension
    static final TestVm VM =
            TestVm.of(FakeVm.create().withGuest(FakeGuestBehavior.create().answersPowerdown(Duration.ofMillis(50))));

    @Test
    void waitsForTheGuest(QmpClient vm) {
        StepVerifier.create(new PowerController(vm, Duration.ofSeconds(20)).powerOff())
                .expectNext("guest-shutdown")
                .verifyComplete();
    }

    @Test
    void pullsThePlug() {
        FakeVm hung = FakeVm.create().withGuest(FakeGuestBehavior.create().ignoresPowerdown());
        try (RunningFakeVm vm = hung.start()) {
            StepVerifier.create(new PowerController(vm.client(), Duration.ofMillis(50)).powerOff())
                    .expectNext("unplugged")
                    .verifyComplete();
            assertFalse(vm.isAlive());
        }
    }
}
// end
