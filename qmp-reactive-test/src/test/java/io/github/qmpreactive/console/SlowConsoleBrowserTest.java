package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import io.github.qmpreactive.webflux.RawBrowser;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@DisplayName("Console: a slow browser")
@ExtendWith(LeakGuard.class)
class SlowConsoleBrowserTest {

    /** With so much in each, the buffers of the system hold few. */
    private static final String LARGE = "x".repeat(12 << 10);

    private static final int EVENTS = 2 * (Log.KEPT + Log.BEHIND);
    private static final int STEP = 64;
    private static final int SMALL = 4096;
    private static final int LARGE_BUFFER = 1 << 18;
    /** The data of an event is JSON in a text. */
    private static final Pattern NUMBER = Pattern.compile("\\\\\"n\\\\\":(\\d+)");

    private static RawBrowser browser(RunningConsole console, int buffer) {
        return new RawBrowser(console.port(), "/api/stream?machine=vm", buffer);
    }

    /** Emits so many events, as fast as one browser reads them. */
    private static void emit(RunningFakeVm vm, int events, RawBrowser fast) {
        for (int from = 0; from < events; from += STEP) {
            List<Integer> step = range(from, Math.min(from + STEP, events));
            step.forEach(n -> vm.emit("LARGE", "{\"n\": " + n + ", \"text\": \"" + LARGE + "\"}"));
            assertEquals(step, numbers(fast).limit(step.size()).toList());
        }
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
                RawBrowser slow = browser(console, SMALL);
                RawBrowser fast = browser(console, LARGE_BUFFER)) {
            // Before it is connected it would have none of them.
            console.awaitRunning();
            console.awaitWatchers(2);
            emit(vm, EVENTS, fast);
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

    private static RunningConsole unlimited(RunningFakeVm vm) {
        return RunningConsole.with(
                Map.of("console.machines", "vm=" + vm.address(), "spring.lifecycle.timeout-per-shutdown-phase", "10m"));
    }

    private static void awaitClosed(RunningConsole console) {
        StepVerifier.create(Mono.fromRunnable(console::close).subscribeOn(Schedulers.boundedElastic()))
                .verifyComplete();
    }

    @Test
    @DisplayName("One that reads nothing more does not keep the console from stopping")
    void readsNothing() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = unlimited(vm);
                RawBrowser slow = browser(console, SMALL);
                RawBrowser fast = browser(console, LARGE_BUFFER)) {
            console.awaitRunning();
            console.awaitWatchers(2);
            emit(vm, Log.KEPT, fast);
            awaitClosed(console);
            assertTrue(numbers(slow).count() < Log.KEPT, "The slow browser has read everything");
        }
    }

    @Test
    @DisplayName("One that does not send the whole of its request does not keep the console from stopping")
    void sendsNothing() throws IOException {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = unlimited(vm);
                Socket browser = new Socket("localhost", console.port())) {
            String head = "POST /api/machines/vm/commands HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
            browser.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            // It is answered when it is being read.
            assertEquals('H', browser.getInputStream().read());
            awaitClosed(console);
        }
    }
}
