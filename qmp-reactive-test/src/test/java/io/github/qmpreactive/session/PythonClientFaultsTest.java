package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One test for each; the details of each behaviour are in the tests of that behaviour. */
@ExtendWith(LeakGuard.class)
@DisplayName("Where QEMU's Python client falls short")
class PythonClientFaultsTest {

    private static final Duration LIMIT = Duration.ofMinutes(7);

    @Test
    @DisplayName(
            "it takes an event before the greeting, or before the reply to the negotiation, for an error: C16 kept")
    void earlyEvents() {
        try (RunningFakeQmpServer server =
                machine().withoutGreeting().when("qmp_capabilities").silent().startUnix()) {
            CompletableFuture<QmpSession> connecting = client(server).connect().toFuture();
            FakeConnection qemu = server.awaitConnection();
            qemu.emit("POWERDOWN");
            qemu.greet();
            var negotiation = qemu.awaitCommand("qmp_capabilities");
            qemu.emit("RESUME");
            qemu.reply(negotiation, "{}");
            QmpSession session = joined(connecting);
            assertEquals(
                    List.of("POWERDOWN", "RESUME"),
                    session.events().map(QmpEvent::name).take(2).collectList().block(PATIENCE));
            finish(session.disconnect());
        }
    }

    @Test
    @Qemu
    @DisplayName("it reads line by line, and so no monitor with pretty=on: C2 read by the structure of the JSON")
    void pretty(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        QemuLauncher launcher = QemuLauncher.system()
                .withArgs("-chardev", "socket,id=c,server=on,wait=off,path=" + socket)
                .withArgs(QemuOptions.prettyMonitor("c"));
        try (QemuProcess qemu = launcher.start()) {
            QmpSession session = connect(QmpClient.create().unixSocket(socket));
            assertTrue(await(session.execute("query-commands")).size() > 100);
            finish(session.disconnect());
            assertTrue(qemu.isAlive());
        }
    }

    @Test
    @DisplayName("it has no time limits: here greeting, negotiation and commands have")
    void timeLimits() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer silent = machine().withoutGreeting().startUnix();
                RunningFakeQmpServer deaf =
                        machine().when("qmp_capabilities").silent().startUnix();
                RunningFakeQmpServer slow =
                        machine().when("query-block").silent().startUnix()) {
            StepVerifier.create(client(silent).handshakeTimeout(LIMIT).connect())
                    .then(() -> timers.runOut(LIMIT, 1))
                    .verifyErrorSatisfies(e -> assertReason(ConnectError.Reason.NO_GREETING, e));
            StepVerifier.create(client(deaf).handshakeTimeout(LIMIT).connect())
                    .then(() -> deaf.awaitCommand("qmp_capabilities"))
                    .then(() -> timers.runOut(LIMIT, 2))
                    .verifyErrorSatisfies(e -> assertReason(ConnectError.Reason.NO_NEGOTIATION_REPLY, e));
            QmpSession session = connect(client(slow).commandTimeout(LIMIT));
            StepVerifier.create(session.execute("query-block"))
                    .then(() -> timers.runOut(LIMIT, 3))
                    .verifyError(ExecTimeoutError.class);
            assertEquals(
                    "running",
                    await(session.execute("query-status")).path("status").stringValue());
            finish(session.disconnect());
        }
    }

    private static void assertReason(ConnectError.Reason reason, Throwable e) {
        assertSame(reason, assertInstanceOf(ConnectError.class, e).reason());
    }

    @Test
    @DisplayName("its queues and history grow without bound: here commands, early events and buffers have their limits")
    void bounds() {
        try (RunningFakeQmpServer server =
                machine().when("query-block").silent().startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(1));
            FakeConnection qemu = server.awaitConnection();
            qemu.emitMany(10_000, "RTC_CHANGE");
            await(session.execute("query-status"));
            List<QmpEvent> early = new CopyOnWriteArrayList<>();
            Disposable events = session.events().subscribe(early::add);
            Patience.until(() -> early.size() >= 32, () -> "only " + early.size());
            await(session.execute("query-status"));
            assertEquals(32, early.size());
            events.dispose();
            var behind = session.events().onErrorResume(EventOverflowError.class, e -> Flux.empty());
            StepVerifier.create(behind, 0)
                    .then(() -> qemu.emitMany(10_000, "RTC_CHANGE"))
                    // Answered behind them.
                    .then(() -> await(session.execute("query-status")))
                    .thenRequest(Long.MAX_VALUE)
                    .thenConsumeWhile(event -> true)
                    .verifyComplete();
            var first = session.execute("query-block").subscribe(reply -> {}, e -> {});
            var second = session.execute("query-block").subscribe(reply -> {}, e -> {});
            assertThrows(CommandQueueFullError.class, () -> await(session.execute("query-block")));
            first.dispose();
            second.dispose();
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("its listeners go silent at the end: here each completes, or gets the cause as its error")
    void listenersAreTold() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.events())
                    .then(() -> server.awaitConnection().close())
                    .verifyError(ConnectionLostError.class);
            QmpSession another = connect(server);
            StepVerifier.create(another.events())
                    .then(() -> finish(another.disconnect()))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("an exception in a filter kills its session: here it ends that subscription alone")
    void filters() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            CompletableFuture<QmpEvent> other = session.events("STOP").next().toFuture();
            var broken = EventOptions.all().filter(event -> {
                throw new IllegalStateException("of the filter's own");
            });
            StepVerifier.create(session.events(broken))
                    .then(() -> server.awaitConnection().emit("STOP"))
                    .verifyErrorMessage("of the filter's own");
            assertEquals("STOP", joined(other).name());
            assertEquals(
                    "running",
                    await(session.execute("query-status")).path("status").stringValue());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("it raises the cause of an end only in disconnect(): here everything that ends carries it")
    void causeOfTheEnd() {
        try (RunningFakeQmpServer server =
                machine().when("query-block").silent().startUnix()) {
            QmpSession session = connect(server);
            var pending = session.execute("query-block").materialize().toFuture();
            FakeConnection qemu = server.awaitConnection();
            qemu.awaitCommand("query-block");
            qemu.close();
            var interrupted =
                    assertInstanceOf(ExecInterruptedError.class, joined(pending).getThrowable());
            assertInstanceOf(ConnectionLostError.class, interrupted.getCause());
            StepVerifier.create(session.onDisconnect()).verifyErrorMatches(e -> e == interrupted.getCause());
        }
    }

    @Test
    @DisplayName("an id that it cannot put into a set ends its session: here ids may be any JSON, known or not")
    void idsOfAnyType() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            server.awaitConnection().send("{\"return\": {}, \"id\": {\"nobody\": [\"knows\", 1.5]}}");
            JsonNode id = JsonNodeFactory.instance.objectNode().put("mine", 1);
            var message = JsonNodeFactory.instance.objectNode().put("execute", "query-status");
            message.set("id", id);
            assertEquals(id, await(session.raw(message, IdPolicy.KEEP)).path("id"));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("it refuses white space between messages: here there may be any")
    void whiteSpace() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            CompletableFuture<List<String>> names =
                    session.events().map(QmpEvent::name).take(2).collectList().toFuture();
            server.awaitConnection()
                    .sendText("\r\n\r\n \t{\"event\": \"STOP\", \"data\": {}}\n\n\n  {\"event\":\"RESUME\"}   \r\n");
            assertEquals(List.of("STOP", "RESUME"), joined(names));
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("it sends without a window, past which QEMU reads nothing out of band either: here 7 are under way")
    void window() {
        try (RunningFakeQmpServer server = machine()
                .when("query-yank")
                .commandNotFound()
                .when("query-block")
                .silent()
                .startUnix()) {
            QmpSession session = connect(server);
            IntStream.range(0, 50)
                    .forEach(n -> collect(session.execute("query-block").flux(), reply -> {}));
            FakeConnection qemu = server.awaitConnection();
            // The answer to the last of them comes behind whatever was sent before.
            await(session.raw("{\"exec-oob\": \"query-yank\", \"id\": \"urgent\"}", IdPolicy.KEEP));
            assertEquals(7, qemu.received("query-block").size());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("it checks the handshake with asserts: here what is wrong is an error that carries the message")
    void handshakeChecks() {
        try (RunningFakeQmpServer http =
                        machine().withGreeting("{\"hello\": \"there\"}").startUnix();
                RunningFakeQmpServer refusing = machine()
                        .when("qmp_capabilities")
                        .error("GenericError", "not today")
                        .startUnix()) {
            var greeting = assertThrows(GreetingError.class, () -> connect(http));
            assertEquals("{\"hello\":\"there\"}", String.valueOf(greeting.received()));
            var negotiation = assertThrows(NegotiationError.class, () -> connect(refusing));
            assertTrue(String.valueOf(negotiation.getMessage()).contains("not today"), negotiation::getMessage);
            assertTrue(String.valueOf(negotiation.received()).contains("not today"), negotiation::getMessage);
        }
    }
}
