package io.github.qmpreactive.webflux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("WebFlux: a slow browser")
@ExtendWith(LeakGuard.class)
class SlowBrowserTest {

    /** With so much in each of them, no buffer of the system or of Netty holds so many events. */
    private static final String LARGE = "x".repeat(64 << 10);

    private static final int EVENTS = 320;
    private static final int BUFFER = 16;

    private static void emit(RunningFakeQmpServer qemu, List<Integer> numbers) {
        numbers.forEach(n -> qemu.awaitConnection().emit("LARGE", "{\"n\": " + n + ", \"text\": \"" + LARGE + "\"}"));
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    @DisplayName("A browser that does not read misses the oldest events alone, is told so, and gets the newest")
    void missesAlone() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix();
                RunningApp app = RunningApp.at(qemu.address(), BUFFER);
                RawBrowser slow = new RawBrowser(app.port());
                RawBrowser fast = new RawBrowser(app.port())) {
            app.awaitWatchers(2);
            // In steps of half a buffer, each of which the fast browser has before the next: it never falls behind.
            for (int n = 0; n < EVENTS; n += BUFFER / 2) {
                List<Integer> step = numbers(n, n + BUFFER / 2);
                emit(qemu, step);
                assertEquals(step, fast.numbers(step.size()));
            }
            List<Integer> received = new ArrayList<>();
            StringBuilder gap = new StringBuilder();
            Iterator<String> lines = slow.lines().iterator();
            while (!received.contains(EVENTS - 1)) {
                String line = lines.next();
                received.addAll(RawBrowser.numberIn(line));
                for (boolean told = line.equals("event:gap"); told && !line.isEmpty(); line = lines.next()) {
                    gap.append(line);
                }
            }
            assertTrue(received.size() < EVENTS, "The slow browser was given everything");
            assertEquals(numbers(EVENTS - BUFFER, EVENTS), received.subList(received.size() - BUFFER, received.size()));
            assertEquals(numbers(0, received.size() - BUFFER), received.subList(0, received.size() - BUFFER));
            assertTrue(gap.toString().contains("\"EventOverflowError\""), gap::toString);
            app.awaitWatchers(2);
        }
    }
}
