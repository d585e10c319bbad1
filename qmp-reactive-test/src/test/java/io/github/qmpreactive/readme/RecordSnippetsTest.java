package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.record.RecordOrReplay;
import io.github.qmpreactive.test.record.RecordedServer;
import io.github.qmpreactive.test.verify.QmpVerifier;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** With {@code -Dqmp.record=true} and a QEMU storage daemon its recording is made anew. */
@DisplayName("README: a test that was recorded once runs without QEMU")
@ExtendWith(LeakGuard.class)
class RecordSnippetsTest {

    private final Path recordings = Path.of(System.getProperty("basedir", ""))
            .toAbsolutePath()
            .resolve("src/test/resources/io/github/qmpreactive/readme");

    private Runnable end = () -> {};

    private String startQemu() {
        QemuProcess qemu = QemuLauncher.of(QemuBinary.STORAGE_DAEMON).start();
        end = qemu::close;
        return qemu.address();
    }

    @AfterEach
    void stopQemu() {
        end.run();
    }

    private Mono<JsonNode> addDisk(QmpSession session) {
        return session.execute("blockdev-add", Map.of("driver", "null-co", "node-name", "disk0"))
                .then(session.execute("query-named-block-nodes", Map.of("flat", true)));
    }

    // snippet: record
    @Test
    void addsADisk() {
        Path recording = recordings.resolve("add-a-disk.jsonl");
        try (RecordedServer vm = RecordOrReplay.startUnix(recording, this::startQemu)) {
            QmpClient client = QmpClient.create().address(vm.address());
            QmpVerifier.create(client.withSession(this::addDisk).single())
                    .expectReplyAt("/0/node-name", "disk0")
                    .verify();
        }
    }
    // end
}
