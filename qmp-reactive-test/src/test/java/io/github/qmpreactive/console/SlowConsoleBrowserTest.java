package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import io.github.qmpreactive.webflux.RawBrowser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("Console: a slow browser")
@ExtendWith(LeakGuard.class)
class SlowConsoleBrowserTest {

    /** With so much in each, the buffers of the system hold few. */
    private static final String LARGE = "x".repeat(32 << 10);

    private static final int EVENTS = 2 * (Log.KEPT + Log.BEHIND);
    private static final int STEP = 64;
    private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

    private static RawBrowser browser(RunningConsole console) {
        return new RawBrowser(console.port(), "/api/stream?machine=vm");
    }

    private static Stream<Integer> numbers(RawBrowser browser) {
        return browser.lines()
                .flatMap(line -> NUMBER.matcher(line).results())
                .map((MatchResult found) -> Integer.valueOf(found.group(1)));
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    @DisplayName("It overflows alone, is told so, and the stream ends; the one beside it has all")
    void overflowsAlone() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at("vm=" + vm.address());
                RawBrowser slow = browser(console);
                RawBrowser fast = browser(console)) {
            console.awaitWatchers(2);
            for (int from = 0; from < EVENTS; from += STEP) {
                List<Integer> step = range(from, Math.min(from + STEP, EVENTS));
                step.forEach(n -> vm.emit("LARGE", "{\"n\": " + n + ", \"text\": \"" + LARGE + "\"}"));
                assertEquals(step, numbers(fast).limit(step.size()).toList());
            }
            List<String> stream =
                    new ArrayList<>(slow.lines().filter(line -> !line.isBlank()).toList());
            List<Integer> received = stream.stream()
                    .flatMap(line -> NUMBER.matcher(line).results())
                    .map(found -> Integer.valueOf(found.group(1)))
                    .toList();
            assertTrue(received.size() < EVENTS, "The slow browser was given everything");
            assertEquals(range(0, received.size()), received);
            assertTrue(stream.contains("event:overflow"), () -> "told by " + stream.get(stream.size() - 1));
            console.awaitWatchers(1);
        }
    }
}
