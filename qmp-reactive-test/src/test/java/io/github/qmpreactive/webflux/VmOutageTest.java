package io.github.qmpreactive.webflux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import tools.jackson.databind.JsonNode;

@DisplayName("WebFlux: when QEMU goes away")
@ExtendWith(LeakGuard.class)
class VmOutageTest {

    private static final FakeQmpServer MACHINE = FakeQmpServer.create()
            .when("query-status")
            .reply("{}")
            .when("migrate")
            .silent();

    /** Answers only when its socket has a client, and never before: QEMU is busy with it. */
    private static final String WAIT_FOR_A_CLIENT = """
            {"id": "c", "backend": {"type": "socket", "data": {
                "addr": {"type": "unix", "data": {"path": "%s"}}, "server": true, "wait": true}}}""";

    private static JsonNode unavailable(EntityExchangeResult<JsonNode> answer) {
        JsonNode body = Objects.requireNonNull(answer.getResponseBody());
        assertEquals(HttpStatus.SERVICE_UNAVAILABLE, answer.getStatus(), body::toString);
        return body;
    }

    private static void assertWorks(RunningApp app) {
        assertEquals(HttpStatus.OK, app.get("/vm/query-status").getStatus());
    }

    private static void assertInterrupted(CompletableFuture<EntityExchangeResult<JsonNode>> pending) {
        JsonNode body = unavailable(pending.orTimeout(RunningApp.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join());
        assertEquals("ExecInterruptedError", body.path("error").asString());
        assertEquals(true, body.path("mayHaveRun").asBoolean());
        assertTrue(body.path("detail").asString().startsWith("[vm] "), body::toString);
    }

    private static void assertRefused(RunningApp app) {
        JsonNode body = unavailable(app.get("/vm/query-status"));
        assertEquals("ConnectError", body.path("error").asString());
        assertEquals("REFUSED", body.path("reason").asString());
    }

    @Test
    @DisplayName("The pending command and the next one are a 503 with a reason; after a restart all is well again")
    void fake() {
        int port;
        try (RunningFakeQmpServer qemu = MACHINE.startTcp();
                RunningApp app = RunningApp.at(qemu.address())) {
            port = qemu.port();
            assertWorks(app);
            FakeConnection connection = qemu.awaitConnection();
            CompletableFuture<EntityExchangeResult<JsonNode>> pending =
                    CompletableFuture.supplyAsync(() -> app.post("/vm/migrate", "{}"));
            connection.awaitCommand("migrate");
            qemu.closeLater().block(RunningApp.PATIENCE);
            assertInterrupted(pending);
            assertRefused(app);
            try (RunningFakeQmpServer restarted = MACHINE.withPort(port).startTcp()) {
                assertWorks(app);
                assertEquals(1, restarted.received("query-status").size());
            }
        }
    }

    @Test
    @DisplayName("A stream of events begins without QEMU, and stays while QEMU comes, goes and comes back")
    void streams() {
        RunningFakeQmpServer qemu = MACHINE.startTcp();
        int port = qemu.port();
        qemu.close();
        try (RunningApp app = RunningApp.at("tcp:127.0.0.1:" + port);
                RawBrowser browser = new RawBrowser(app.port())) {
            Iterator<String> lines = browser.lines().iterator();
            awaitLines(lines, ":alive", "event:disconnected", "\"reason\":");
            try (RunningFakeQmpServer first = MACHINE.withPort(port).startTcp()) {
                first.awaitConnection().emit("STOP");
                awaitLines(lines, "event:STOP", "data:");
            }
            awaitLines(lines, "event:disconnected", "\"reason\":");
            try (RunningFakeQmpServer second = MACHINE.withPort(port).startTcp()) {
                second.awaitConnection().emit("RESUME");
                awaitLines(lines, "event:gap", "\"ConnectionLostError\"", "event:RESUME");
            }
        }
    }

    @Test
    @DisplayName(
            "A server that is no QEMU is given up: the stream says why and ends, and the next one is a 503 with a reason")
    void givenUp() {
        try (RunningFakeQmpServer other =
                        FakeQmpServer.create().withoutGreeting().startTcp();
                RunningApp app = RunningApp.at(other.address());
                RawBrowser browser = new RawBrowser(app.port())) {
            Iterator<String> lines = browser.lines().iterator();
            awaitLines(lines, ":alive");
            other.awaitConnection().send("{\"QMP\": 5}");
            awaitLines(lines, "event:given-up", "\"reason\":");
            lines.forEachRemaining(line -> {});
            JsonNode body = unavailable(app.get("/vm/events"));
            assertEquals("SupervisorStoppedError", body.path("error").asString());
        }
    }

    /** Reads on until a line contains the first of them, then on to the next; no line fails the test. */
    private static void awaitLines(Iterator<String> lines, String... parts) {
        for (String part : parts) {
            boolean found = false;
            while (!found) {
                assertTrue(lines.hasNext(), () -> "The stream ended before " + part);
                found = lines.next().contains(part);
            }
        }
    }

    @Test
    @Qemu
    @DisplayName("Real QEMU, stopped by SIGSTOP: a command is a 504 within its limit; after SIGCONT all is well again")
    void suspended(QemuProcess qemu) {
        try (RunningApp app = RunningApp.of(
                VmApplication.class, Map.of("qmp.address", qemu.address(), "qmp.command-timeout", "1s"))) {
            assertWorks(app);
            qemu.suspend();
            EntityExchangeResult<JsonNode> answer = app.get("/vm/query-status");
            assertEquals(HttpStatus.GATEWAY_TIMEOUT, answer.getStatus(), answer::toString);
            JsonNode body = Objects.requireNonNull(answer.getResponseBody());
            assertEquals("ExecTimeoutError", body.path("error").asString());
            qemu.resume();
            assertWorks(app);
        }
    }

    @Test
    @Qemu
    @DisplayName("Real QEMU, killed while it runs a command: a 503 with a reason; after a restart all is well again")
    void real(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("vm.sock");
        QemuLauncher launcher = QemuLauncher.system()
                .withArgs("-chardev", "socket,id=app,path=" + socket + ",server=on,wait=off")
                .withArgs(QemuOptions.monitor("app"));
        try (RunningApp app = RunningApp.at("unix:" + socket)) {
            try (QemuProcess qemu = launcher.start()) {
                assertWorks(app);
                Path gate = folder.resolve("gate.sock");
                CompletableFuture<EntityExchangeResult<JsonNode>> pending;
                try (WatchService watch = FileSystems.getDefault().newWatchService()) {
                    folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
                    pending = CompletableFuture.supplyAsync(
                            () -> app.post("/vm/chardev-add", WAIT_FOR_A_CLIENT.formatted(gate)));
                    assertNotNull(
                            watch.poll(RunningApp.PATIENCE.toSeconds(), TimeUnit.SECONDS),
                            "QEMU does not run the command");
                }
                qemu.kill();
                assertInterrupted(pending);
            }
            assertRefused(app);
            try (QemuProcess restarted = launcher.start()) {
                assertWorks(app);
                assertTrue(restarted.isAlive());
            }
        }
    }
}
