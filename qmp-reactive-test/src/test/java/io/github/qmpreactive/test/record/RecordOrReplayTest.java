package io.github.qmpreactive.test.record;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("A test that records once, and replays from then on")
class RecordOrReplayTest {

    @TempDir
    Path folder;

    private final @Nullable String before = System.getProperty("qmp.record");

    @BeforeEach
    void replay() {
        System.clearProperty("qmp.record");
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty("qmp.record");
        } else {
            System.setProperty("qmp.record", before);
        }
    }

    private static @Nullable JsonNode status(RecordedServer vm) {
        return QmpClient.create()
                .address(vm.address())
                .withSession(session -> session.execute("query-status"))
                .blockLast(PATIENCE);
    }

    @Test
    @DisplayName("talks to QEMU with -Dqmp.record=true, and without to what was recorded")
    void both() {
        Path file = folder.resolve("vm.jsonl");
        JsonNode recorded;
        System.setProperty("qmp.record", "true");
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("query-status")
                        .reply("{\"n\": 1}")
                        .startUnix();
                RecordedServer vm = RecordOrReplay.startUnix(file, qemu::address)) {
            recorded = status(vm);
        }
        System.clearProperty("qmp.record");
        try (RecordedServer vm = RecordOrReplay.startUnix(file, () -> fail("QEMU is not needed"))) {
            assertEquals(recorded, status(vm));
        }
    }

    @Test
    @DisplayName("says how to make the recording where there is none")
    void none() {
        Path file = folder.resolve("vm.jsonl");
        IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> RecordOrReplay.startUnix(file, () -> fail("QEMU is not needed")));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("There is no recording " + file + " yet; with -Dqmp.record=true"), message);
    }
}
