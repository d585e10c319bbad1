package io.github.qmpreactive.device;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.Patience;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Where there is no guest, a test writes to the ports that a guest would write to. */
abstract class QemuUnplugging {

    QmpSession session;
    QmpDevices devices;

    @BeforeEach
    void devices(QmpSession session) {
        this.session = session;
        this.devices = QmpDevices.of(session);
    }

    void run(String command, Map<String, ?> arguments) {
        session.execute(command, arguments).block(Patience.PATIENCE);
    }

    void plug(String driver, String id, Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("driver", driver);
        if (!id.isEmpty()) {
            arguments.put("id", id);
        }
        run("device_add", arguments);
    }

    void node(String name) {
        run("blockdev-add", Map.of("driver", "null-co", "node-name", name));
    }

    /** What the device used can be removed at once: the commands follow without a pause. */
    Mono<JsonNode> andItsNode(Mono<Void> remove, String node) {
        return remove.then(session.execute("blockdev-del", Map.of("node-name", node)));
    }

    /** A guest writes to ports. QEMU reads this behind what was sent before. */
    void guest(String... writes) {
        for (String write : writes) {
            session.hmp("o " + write).block(Patience.PATIENCE);
        }
    }
}
