package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

@DisplayName("Console: a QEMU that does not answer, and a browser that does not wait")
@ExtendWith(LeakGuard.class)
class ConsoleLimitsTest {

    private static final String STOP = "{\"command\": \"stop\"}";

    private static HttpStatus get(RunningConsole console, String path) {
        return HttpStatus.valueOf(console.web()
                .get()
                .uri(path)
                .exchange()
                .expectBody()
                .returnResult()
                .getStatus()
                .value());
    }

    @Test
    @DisplayName("A command without a reply ends with the limit, and so does a quit after which QEMU runs on")
    void limits() {
        FakeVm machine = FakeVm.create()
                .withServer(
                        server -> server.when("quit").reply("{}").when("stop").silent());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.with(
                        Map.of("console.machines", "vm=" + vm.address(), "console.timeout", "2s"))) {
            console.awaitRunning();
            assertEquals(
                    "QEMU has not ended in time, and may do so yet",
                    console.refused(HttpStatus.GATEWAY_TIMEOUT, "{\"command\": \"quit\", \"confirmed\": true}"));
            assertEquals(
                    "QEMU has not replied in time, and may run it yet",
                    console.refused(HttpStatus.GATEWAY_TIMEOUT, STOP));
            vm.kill();
        }
    }

    @Test
    @DisplayName("The log has the outcome of a command whose browser has left before the reply")
    void leaves() throws IOException {
        Sinks.One<Answer> reply = Sinks.one();
        FakeVm machine =
                FakeVm.create().withServer(server -> server.when("stop").answerLater(command -> reply.asMono()));
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm);
                Socket browser = new Socket("127.0.0.1", console.port())) {
            console.awaitRunning();
            String request = "POST /api/machines/vm/commands HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + STOP.length() + "\r\n\r\n" + STOP;
            browser.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            vm.server().awaitConnection().awaitCommand("stop");
            browser.shutdownOutput();
            // The console closes the connection when it has read the end of it.
            assertEquals(-1, browser.getInputStream().read());
            reply.tryEmitValue(Answer.reply("{}")).orThrow();
            JsonNode entry = Objects.requireNonNull(console.entries("")
                    .filter(one -> RunningConsole.words(one).equals("command stop"))
                    .map(one -> Objects.requireNonNull(one.data()))
                    .blockFirst(Patience.PATIENCE));
            assertEquals("done", entry.path("text").asString());
        }
    }

    @Test
    @DisplayName("A machine whose connection is lost during the questions for its devices is not shown without any")
    void devices() {
        FakeVm machine = FakeVm.create().withServer(server -> server.when("query-named-block-nodes")
                .answer(Faults.endOfFile())
                .when("query-block")
                .reply("[]"));
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            assertEquals(HttpStatus.SERVICE_UNAVAILABLE, get(console, "/api/machines/vm/devices"));
        }
    }

    @Test
    @DisplayName("A run state that QEMU does not tell is shown with the reason, until it does")
    void status() {
        FakeVm machine = FakeVm.create()
                .withServer(server -> server.when("query-status").times(1).error("GenericError", "not now"));
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            JsonNode state = Objects.requireNonNull(console.states()
                    .filter(now -> now.path("cause").asString("").equals("not now"))
                    .blockFirst(Patience.PATIENCE));
            assertTrue(state.path("status").isNull(), state::toString);
            vm.emit("WATCHDOG", "{\"action\": \"none\"}");
            assertTrue(console.awaitState("vm", "up", "running").path("cause").isNull());
        }
    }

    @Test
    @DisplayName("A page is told how long it is until the next attempt from now on, not from the last one")
    void countdown() {
        try (RunningConsole console = RunningConsole.at("vm=unix:/nowhere/vm.sock")) {
            Patience.until(
                    () -> {
                        JsonNode one = console.awaitState("vm", "down", "");
                        JsonNode two = console.awaitState("vm", "down", "");
                        return one.path("attempt").equals(two.path("attempt"))
                                && two.path("retryMillis").asLong()
                                        < one.path("retryMillis").asLong();
                    },
                    () -> "It is the same each time");
        }
    }
}
