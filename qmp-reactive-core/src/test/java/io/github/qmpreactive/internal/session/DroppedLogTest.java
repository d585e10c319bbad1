package io.github.qmpreactive.internal.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.CapturedLog;
import io.github.qmpreactive.internal.log.SessionLog;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is dropped is logged")
class DroppedLogTest {

    @Test
    @DisplayName("ten times a minute at most: the rest is counted, and not even put into words")
    void bounded() {
        AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
        AtomicInteger worded = new AtomicInteger();
        DroppedLog dropped = new DroppedLog(new SessionLog("vm"), time::get);
        try (CapturedLog log = new CapturedLog("io.github.qmpreactive.session")) {
            for (int i = 0; i < 200_000; i++) {
                dropped.warn(() -> "message " + worded.incrementAndGet());
            }
            assertEquals(DroppedLog.LINES, worded.get());
            time.addAndGet(DroppedLog.PERIOD_NANOS - 1);
            dropped.error(() -> "message " + worded.incrementAndGet());
            assertEquals(DroppedLog.LINES, worded.get());
            time.incrementAndGet();
            dropped.error(() -> "message " + worded.incrementAndGet());
            assertEquals(DroppedLog.LINES + 1, worded.get());
            assertEquals(
                    List.of(
                            "WARN [vm] Dropped 199991 more messages, which were not logged",
                            "ERROR [vm] Dropped message 11"),
                    log.lines().subList(DroppedLog.LINES, log.lines().size()));
        }
    }
}
