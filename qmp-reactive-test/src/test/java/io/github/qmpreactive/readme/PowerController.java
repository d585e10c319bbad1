package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import java.time.Duration;
import reactor.core.publisher.Mono;

// snippet: power-controller
/** Asks the guest to power off, and pulls the plug if it has not done so in time. */
record PowerController(QmpClient client, Duration grace) {

    Mono<String> powerOff() {
        return client.withSession(vm -> vm.executeAndAwait("system_powerdown", "SHUTDOWN")
                        .map(event -> event.data().path("reason").asString())
                        .timeout(grace, vm.quit().thenReturn("unplugged")))
                .single();
    }
}
// end
