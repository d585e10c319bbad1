package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@DisplayName("README: a fake that is checked by QEMU's schema")
@ExtendWith(LeakGuard.class)
class SchemaTest {

    // snippet: schema
    @Test
    void refusesWhatQemuRefuses() {
        FakeQmpServer machine = FakeQmpServer.create()
                .withSchema(SchemaCheck.qemu())
                .when("block_resize")
                .reply("{}"); // .reply("[]") would fail here: QEMU never answers block_resize with []
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            Flux<JsonNode> typo = QmpClient.create()
                    .address(qemu.address())
                    .withSession(vm -> vm.execute("block_resize", Map.of("node-name", "disk0", "sise", 1_024)));
            StepVerifier.create(typo)
                    .expectErrorMatches(e -> e instanceof ExecuteError error
                            && error.description().equals("Parameter 'size' is missing"))
                    .verify();
        }
    }
    // end
}
