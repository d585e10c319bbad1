package io.github.qmpreactive.test.record;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.QmpReplay;
import io.github.qmpreactive.test.RawClient;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A replay that is closed")
class ClosedReplayTest {

    @TempDir
    Path folder;

    @Test
    @DisplayName("sends nothing when a wait of its pace is over, and throws nothing at the clock")
    void waits() throws IOException {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        Recordings unplugged = Recordings.begun().server("{\"event\": \"DEVICE_DELETED\"}");
        RunningFakeQmpServer qemu = QmpReplay.inOrder(unplugged.in(folder))
                .paced()
                .server()
                .withScheduler(clock)
                .startUnix();
        try (RawClient client = RawClient.connect(qemu.address())) {
            client.line();
            client.send("{\"execute\": \"qmp_capabilities\"}");
            Patience.until(() -> clock.getScheduledTaskCount() > 0, () -> "The reply waits for nothing");
            qemu.closeLater().block(PATIENCE);
            client.untilEnd();
            assertDoesNotThrow(() -> clock.advanceTimeBy(Duration.ofHours(1)));
        }
        clock.dispose();
    }
}
