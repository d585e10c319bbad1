package io.github.qmpreactive.readme;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

@DisplayName("README: fakes of several versions of QEMU")
@ExtendWith(LeakGuard.class)
class ProfileTest {

    // snippet: profile
    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"}) // the QEMUs of your hosts
    void pausesOnEveryHost(String version) {
        FakeVm machine = FakeVm.create().withProfile(QemuProfile.of(version));
        try (RunningFakeVm vm = machine.start()) {
            StepVerifier.create(vm.client().withSession(session -> session.executeAndAwait("stop", "STOP")))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }
    // end
}
