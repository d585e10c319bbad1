package io.github.qmpreactive.console;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import io.github.qmpreactive.webflux.RawBrowser;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.codec.ServerSentEvent;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@DisplayName("Console: the stream of a browser")
@ExtendWith(LeakGuard.class)
class ConsoleStreamTest {

    /** Emits an event with a number, and waits until the console has it in its log. */
    private static void emit(RunningFakeVm vm, RunningConsole console, int number) {
        send(vm, number);
        awaitNumber(console, number);
    }

    private static void send(RunningFakeVm vm, int number) {
        vm.emit("NUMBERED", "{\"n\": " + number + "}");
    }

    private static ServerSentEvent<JsonNode> awaitNumber(RunningConsole console, int number) {
        return Objects.requireNonNull(
                console.entries("").filter(entry -> number(entry) == number).blockFirst(PATIENCE));
    }

    private static int number(ServerSentEvent<JsonNode> entry) {
        return RunningConsole.eventData(entry).path("n").asInt(0);
    }

    /** The numbers of the connections that are open. */
    private static List<Integer> open(RunningFakeVm vm) {
        return vm.server().openConnections().stream()
                .map(FakeConnection::number)
                .toList();
    }

    @Test
    @DisplayName("It begins with each machine: connected, its version, its run state; changes follow")
    void states() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at("off=unix:/nowhere/off.sock,vm=" + vm.address())) {
            JsonNode up = console.awaitState("vm", "up", "running");
            assertTrue(up.path("version").asString().startsWith("11.1"), up::toString);
            JsonNode off = console.awaitState("off", "down", "");
            assertEquals("QEMU does not run", off.path("cause").asString());
            assertTrue(off.path("retryMillis").isNumber(), off::toString);
            assertFalse(off.toString().contains("nowhere"), off::toString);
            console.run("{\"command\": \"stop\"}");
            console.awaitState("vm", "up", "paused");
        }
    }

    @Test
    @DisplayName("Machines are reached over UNIX sockets and over TCP alike, by the line of console.machines")
    void addresses() {
        try (RunningFakeVm web = FakeVm.create().start();
                RunningFakeVm db = FakeVm.create().startTcp();
                RunningConsole console = RunningConsole.at("web=" + web.address() + ", db=" + db.address())) {
            assertTrue(web.address().startsWith("unix:") && db.address().startsWith("tcp:"), db::address);
            console.awaitState("web", "up", "running");
            console.awaitState("db", "up", "running");
            console.run("db", "{\"command\": \"stop\"}");
            console.awaitState("db", "up", "paused");
            assertEquals(RunState.RUNNING, web.runState());
        }
    }

    @Test
    @DisplayName("A machine that is given up says why, and is connected to again when a person asks for it")
    void gaveUp() {
        try (RunningFakeQmpServer other =
                        FakeQmpServer.create().withGreeting("{\"hello\": 1}").startUnix();
                RunningConsole console = RunningConsole.at("vm=" + other.address())) {
            assertEquals(
                    "it is no QMP monitor",
                    console.awaitState("vm", "gave_up", "").path("cause").asString());
            console.post("/api/machines/vm/connect", "{}");
            other.awaitConnection(1);
        }
    }

    @Test
    @DisplayName("A browser that comes has the log so far, one that comes back what it has not seen")
    void resumes() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            emit(vm, console, 1);
            String seen = awaitNumber(console, 1).id();
            console.run("{\"command\": \"stop\"}");
            StepVerifier.create(console.entries("&after=" + seen).map(RunningConsole::words))
                    .expectNext("event STOP", "command stop")
                    .then(() -> console.run("{\"command\": \"cont\"}"))
                    .expectNext("event RESUME", "command cont")
                    .thenCancel()
                    .verify();
            StepVerifier.create(console.entries("").map(RunningConsole::words).take(3))
                    .expectNext("link up", "event NUMBERED", "event STOP")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("What a browser that comes back can have no more is shown as missed")
    void missed() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            String seen = Objects.requireNonNull(console.entries("").blockFirst(PATIENCE))
                    .id();
            IntStream.rangeClosed(1, Log.KEPT + 5).forEach(n -> send(vm, n));
            awaitNumber(console, Log.KEPT + 5);
            ServerSentEvent<JsonNode> first =
                    Objects.requireNonNull(console.entries("&after=" + seen).blockFirst(PATIENCE));
            assertEquals("missed", RunningConsole.words(first));
            assertEquals(
                    "5 entries",
                    Objects.requireNonNull(first.data()).path("text").asString());
            ServerSentEvent<JsonNode> other =
                    Objects.requireNonNull(console.entries("&after=other.1").blockFirst(PATIENCE));
            assertEquals("missed", RunningConsole.words(other));
            assertEquals(
                    "The console was started again",
                    Objects.requireNonNull(other.data()).path("text").asString());
        }
    }

    @Test
    @DisplayName("A lost connection is a gap in the log; many browsers share the one session, before and after")
    void gap() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            StepVerifier.create(console.entries("").map(RunningConsole::words))
                    .expectNext("link up")
                    .then(() -> {
                        StepVerifier.create(console.entries(""))
                                .expectNextCount(1)
                                .thenCancel()
                                .verify();
                        assertEquals(List.of(0), open(vm));
                        vm.server().awaitConnection().reset();
                    })
                    .expectNext("link down", "gap", "link up")
                    .thenCancel()
                    .verify();
            assertEquals(List.of(1), open(vm));
        }
    }

    private static void awaitSubscriptions(RunningConsole console, int number) {
        Vms vms = console.bean(Vms.class);
        Patience.until(() -> vms.subscriptions() == number, () -> vms.subscriptions() + " subscriptions");
    }

    @Test
    @DisplayName("Browsers that go away leave no subscription behind, however they go, and have opened no session")
    void goesAway() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at("off=unix:/nowhere/off.sock,vm=" + vm.address())) {
            console.awaitRunning();
            awaitSubscriptions(console, 0);
            StepVerifier.create(console.entries("").map(RunningConsole::words))
                    .expectNext("link up")
                    // Both states, the log, the rates; and twice the end.
                    .then(() -> awaitSubscriptions(console, 6))
                    .thenCancel()
                    .verify();
            awaitSubscriptions(console, 0);
            try (RawBrowser one = new RawBrowser(console.port(), "/api/stream?machine=vm", 4096);
                    RawBrowser two = new RawBrowser(console.port(), "/api/stream", 4096)) {
                assertTrue(one.lines().anyMatch("event:machine"::equals));
                assertTrue(two.lines().anyMatch("event:machine"::equals));
                awaitSubscriptions(console, 10);
            }
            awaitSubscriptions(console, 0);
            console.awaitWatchers(0);
            assertEquals(List.of(0), open(vm));
        }
    }

    @Test
    @DisplayName("When the console stops, the streams complete")
    void completes() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningConsole console = RunningConsole.at(vm)) {
            StepVerifier.create(console.entries(""))
                    .expectNextCount(1)
                    .then(console::close)
                    .verifyComplete();
        }
    }
}
