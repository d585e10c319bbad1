package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@DisplayName("README: a test with the fake server")
@ExtendWith(LeakGuard.class)
class FakeServerTest {

    // snippet: test
    @Test
    void stopsTheMachine() {
        FakeQmpServer machine =
                FakeQmpServer.create().when("stop").answer(Answer.reply("{}").eventBefore("STOP"));
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(client.withSession(vm -> vm.executeAndAwait("stop", "STOP")))
                    .expectNextMatches(event -> event.name().equals("STOP"))
                    .verifyComplete();
            assertEquals(1, qemu.received("stop").size());
        }
    }
    // end
}
