package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@DisplayName("README: a fake in virtual time")
@ExtendWith(LeakGuard.class)
class VirtualTimeTest {

    private static final FakeQmpServer SLOW =
            FakeQmpServer.create().when("query-block").answer(Answer.reply("[]").delayed(Duration.ofHours(1)));

    // snippet: virtual-time
    @Test
    void waitsForAnHour() {
        FakeQmpServer machine = FakeQmpServer.create()
                .when("query-block")
                .answer(Answer.reply("[]").delayed(Duration.ofHours(1)));
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.withVirtualTime(() -> client.withSession(vm -> vm.execute("query-block")))
                    .then(() -> qemu.awaitCommand("query-block")) // what comes before it takes real time
                    .thenAwait(Duration.ofHours(1))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }
    // end

    @Test
    @DisplayName("The client gives up before the answer, and nothing waits for that")
    void givesUp() {
        try (RunningFakeQmpServer qemu = SLOW.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address()).commandTimeout(Duration.ofMinutes(30));
            StepVerifier.withVirtualTime(() -> client.withSession(vm -> vm.execute("query-block")))
                    .then(() -> qemu.awaitCommand("query-block"))
                    .thenAwait(Duration.ofMinutes(30))
                    .expectError(ExecTimeoutError.class)
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("A fake that is part of what is subscribed to starts and closes by real time")
    void closesLater() {
        FakeQmpServer machine = FakeQmpServer.create().when("query-block").reply("[]");
        StepVerifier.withVirtualTime(() -> Flux.<JsonNode, RunningFakeQmpServer>usingWhen(
                        Mono.fromCallable(machine::startUnix),
                        qemu -> QmpClient.create()
                                .address(qemu.address())
                                .connectTimeout(Duration.ofDays(1))
                                .handshakeTimeout(Duration.ofDays(1))
                                .withSession(vm -> vm.execute("query-block")),
                        RunningFakeQmpServer::closeLater))
                .thenAwait(Duration.ofHours(2))
                .expectNextCount(1)
                .thenAwait(Duration.ofHours(2))
                .expectComplete()
                .verify(PATIENCE);
    }
}
