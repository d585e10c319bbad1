package io.github.qmpreactive.readme;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@DisplayName("README: what a line of the human monitor prints")
@ExtendWith(LeakGuard.class)
class HumanMonitorSnippetTest {

    // snippet: hmp-stub
    @Test
    void readsRegisters() {
        FakeVm machine = FakeVm.create().withServer(server -> server.when("human-monitor-command")
                .withArguments("{\"command-line\": \"info registers\"}") // other lines as before
                .reply("\"EAX=00000000\\r\\n\""));
        try (RunningFakeVm vm = machine.start()) {
            StepVerifier.create(vm.client().use(session -> session.hmp("info registers")))
                    .expectNext("EAX=00000000\r\n")
                    .verifyComplete();
        }
    }
    // end
}
