package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.GONE;
import static io.github.qmpreactive.device.UnplugScript.IN_PROCESS;
import static io.github.qmpreactive.device.UnplugScript.LISTED;
import static io.github.qmpreactive.device.UnplugScript.NOT_LISTED;
import static io.github.qmpreactive.device.UnplugScript.PART;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Unplugging whose replies, events, limits and ends come by chance")
class UnplugChanceTest {

    private static final int CALLS = 400;

    private final Random chance = new Random(7);

    private Answer answer() {
        Answer answer =
                switch (chance.nextInt(4)) {
                    case 0 -> Answer.error("GenericError", IN_PROCESS);
                    case 1 -> Answer.error("DeviceNotFound", "Device 'r' not found");
                    default -> Answer.reply("{}");
                };
        for (int i = chance.nextInt(3); i > 0; i--) {
            String name = chance.nextInt(4) == 0 ? "DEVICE_UNPLUG_GUEST_ERROR" : "DEVICE_DELETED";
            String data = name.equals("DEVICE_DELETED") && chance.nextBoolean() ? PART : GONE;
            answer = chance.nextBoolean() ? answer.eventBefore(name, data) : answer.eventAfter(name, data);
        }
        return chance.nextInt(4) == 0 ? answer.thenClose() : answer;
    }

    private Mono<Void> call(QmpClient client, int number) {
        UnplugOptions options = UnplugOptions.defaults()
                .interval(Duration.ofMillis(1 + number % 3))
                .limit(Duration.ofMillis(1 + number % 7));
        return client.use(session -> QmpDevices.of(session).remove("r", options))
                .onErrorComplete(QmpError.class);
    }

    @Test
    @DisplayName("ends each time, by an outcome or a QmpError, and drops nothing")
    void ends() {
        List<Answer> answers =
                Flux.range(0, CALLS).map(i -> answer()).collectList().block(Patience.PATIENCE);
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("qom-list")
                .reply(LISTED, NOT_LISTED, LISTED)
                .when("device_del")
                .answer(answers.get(0), answers.subList(1, CALLS).toArray(Answer[]::new))
                .withConcurrentClients()
                .startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(Flux.range(0, CALLS)
                            .flatMap(number -> call(client, number), 50)
                            .then())
                    .expectComplete()
                    .verify(Patience.PATIENCE);
        }
    }
}
