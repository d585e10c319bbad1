package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(LeakGuard.class)
@DisplayName("Members with an empty name, at a real QEMU")
class EmptyNamesTest {

    @Test
    @Qemu
    @DisplayName("C21 an id with one comes back; an argument with one is refused by QEMU, which has received it")
    void sent(QemuProcess qemu) {
        QmpSession session = connect(QmpClient.create().address(qemu.address()));
        String id = "{\"\":1,\"a\":{\"\":[]}}";
        assertEquals(
                JsonMapper.shared().readTree(id),
                await(session.raw("{\"execute\": \"query-status\", \"id\": " + id + "}", IdPolicy.KEEP))
                        .get("id"));
        StepVerifier.create(session.execute("query-status", Map.of("", 1)))
                .consumeErrorWith(e -> assertTrue(e instanceof ExecuteError, e::toString))
                .verify();
        Clients.finish(session.quit());
    }
}
