package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("A command that no stub answers")
class UnstubbedCommandsTest {

    /** An application that takes no notice of errors. */
    private static Mono<JsonNode> careless(QmpClient client, String command) {
        return client.withSession(
                        session -> session.execute(command).onErrorResume(ExecuteError.class, e -> Mono.empty()))
                .next();
    }

    @Test
    @DisplayName("fails the test when the fake is closed, once, even if the application swallows the error")
    void fails() {
        RunningFakeQmpServer fake =
                FakeQmpServer.create().when("stop").reply("{}").startUnix();
        QmpClient client = QmpClient.create().address(fake.address());
        StepVerifier.create(careless(client, "query-blockk")).verifyComplete();
        AssertionError error = assertThrows(AssertionError.class, fake::close);
        assertTrue(error.getMessage().contains("No stub answers {\"execute\":\"query-blockk\""), error::getMessage);
        assertTrue(error.getMessage().contains(".when(\"query-blockk\")"), error::getMessage);
        fake.close();
    }

    @Test
    @DisplayName("fails the test at a FakeVm, too")
    void failsAtVm() {
        RunningFakeVm vm = FakeVm.create().start();
        StepVerifier.create(careless(vm.client(), "query-block")).verifyComplete();
        AssertionError error = assertThrows(AssertionError.class, vm::close);
        assertTrue(error.getMessage().contains("No stub answers {\"execute\":\"query-block\""), error::getMessage);
    }

    @Test
    @DisplayName("is answered with CommandNotFound and allowed, if commandNotFound() says so: one command, or any")
    void allowed() {
        try (RunningFakeQmpServer one =
                        FakeQmpServer.create().when("x").commandNotFound().startUnix();
                RunningFakeQmpServer any =
                        FakeQmpServer.create().whenAny().commandNotFound().startUnix()) {
            for (RunningFakeQmpServer fake : new RunningFakeQmpServer[] {one, any}) {
                StepVerifier.create(
                                QmpClient.create().address(fake.address()).withSession(session -> session.execute("x")))
                        .verifyErrorSatisfies(e -> assertEquals(
                                "CommandNotFound: The command x has not been found",
                                ((ExecuteError) e).errorClass() + ": " + ((ExecuteError) e).description()));
            }
        }
    }
}
