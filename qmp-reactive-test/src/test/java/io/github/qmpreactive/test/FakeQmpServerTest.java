package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("FakeQmpServer")
class FakeQmpServerTest {

    private static final Duration SILENCE = Duration.ofMillis(100);

    private static RunningFakeQmpServer start(FakeQmpServer server, boolean unix) {
        return unix ? server.startUnix() : server.startTcp();
    }

    @ParameterizedTest(name = "over a UNIX socket: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("greets, negotiates and answers")
    void answers(boolean unix) throws Exception {
        FakeQmpServer server = FakeQmpServer.create()
                .withProfile(QemuProfile.of(new QemuVersion(7, 2, 22, "Debian 1:7.2+dfsg-7+deb12u18+b3")))
                .when("query-status")
                .reply("{\"running\": true}");
        try (RunningFakeQmpServer qemu = start(server, unix);
                RawClient client = RawClient.connect(qemu.address())) {
            assertEquals(
                    "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\":"
                            + " \"Debian 1:7.2+dfsg-7+deb12u18+b3\"}, \"capabilities\": [\"oob\"]}}",
                    client.line());
            client.send("{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}}");
            assertEquals("{\"return\": {}}", client.line());
            client.send("{\"execute\": \"query-status\", \"id\": \"#1\"}");
            assertEquals("{\"return\": {\"running\": true}, \"id\": \"#1\"}", client.line());
            FakeConnection connection = qemu.awaitConnection();
            assertEquals(Set.of("oob"), connection.capabilities());
            assertEquals(
                    List.of("qmp_capabilities", "query-status"),
                    connection.received().stream().map(ReceivedCommand::name).toList());
        }
    }

    @Test
    @DisplayName("removes the folder of its UNIX socket when it is closed, and closes its connections")
    void cleansUp() throws Exception {
        RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix();
        try (RawClient client = RawClient.connect(qemu.address())) {
            client.line();
            assertTrue(Files.exists(qemu.path()));
            qemu.close();
            assertFalse(Files.exists(qemu.path().getParent()));
            assertEquals("<EOF>", client.untilEnd());
            StepVerifier.create(qemu.connections()).expectNextCount(1).verifyComplete();
            qemu.close();
        }
    }

    @Test
    @DisplayName("comes back at the same path, and at the same port")
    void comesBack(@TempDir Path folder) throws Exception {
        FakeQmpServer server = FakeQmpServer.create().withPath(folder.resolve("qmp"));
        for (int i = 0; i < 2; i++) {
            try (RunningFakeQmpServer qemu = server.startUnix();
                    RawClient client = RawClient.connect("unix:" + folder.resolve("qmp"))) {
                client.line();
                assertTrue(qemu.address().endsWith("/qmp"));
            }
            assertFalse(Files.exists(folder.resolve("qmp")));
        }
        int port;
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startTcp()) {
            port = qemu.port();
            qemu.stopListening().block();
            assertThrows(ConnectException.class, () -> RawClient.connect(qemu.address()));
        }
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().withPort(port).startTcp()) {
            assertEquals("tcp:127.0.0.1:" + port, qemu.address());
        }
    }

    @Test
    @DisplayName("greets as it is told: version, capabilities, any text, later")
    void greetings() throws Exception {
        FakeQmpServer plain = FakeQmpServer.create();
        FakeQmpServer old = plain.withProfile(QemuProfile.nearest(new QemuVersion(2, 11, 1, "")))
                .withCapabilities();
        try (RunningFakeQmpServer qemu = old.startUnix();
                RawClient client = RawClient.connect(qemu.address())) {
            assertEquals(
                    "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 11, \"major\": 2}, \"package\": \"\"},"
                            + " \"capabilities\": []}}",
                    client.line());
        }
        try (RunningFakeQmpServer qemu = plain.withGreeting("{\"QMP\": 5}").startUnix();
                RawClient client = RawClient.connect(qemu.address())) {
            assertEquals("{\"QMP\": 5}", client.until(text -> text.length() >= 10));
        }
        try (RunningFakeQmpServer qemu = plain.withoutGreeting().startUnix();
                RawClient client = RawClient.connect(qemu.address())) {
            FakeConnection connection = qemu.awaitConnection();
            assertTrue(client.hearsNothing(SILENCE));
            connection.greet();
            assertTrue(client.line().startsWith("{\"QMP\": {"));
        }
    }

    @Test
    @DisplayName("lets the second client wait until the first has gone, as QEMU does")
    void oneClientAtATime() throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix();
                RawClient first = RawClient.connect(qemu.address());
                RawClient second = RawClient.connect(qemu.address())) {
            first.line();
            second.send("{\"execute\": \"qmp_capabilities\"}");
            assertTrue(second.hearsNothing(SILENCE));
            first.hangUp();
            assertTrue(second.line().startsWith("{\"QMP\": {"));
            assertEquals("{\"return\": {}}", second.line());
        }
    }

    @Test
    @DisplayName("sees that a waiting client closes its connection, and serves the next one")
    void waitingClientGoes() throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startTcp();
                RawClient first = RawClient.connect(qemu.address())) {
            first.line();
            RawClient second = RawClient.connect(qemu.address());
            qemu.awaitConnection(1);
            try (RawClient third = RawClient.connect(qemu.address())) {
                qemu.awaitConnection(2);
                second.hangUp();
                qemu.awaitConnection(1).awaitClosed();
                first.hangUp();
                assertTrue(third.line().startsWith("{\"QMP\": {"));
            }
        }
    }

    @Test
    @DisplayName("serves all clients at once if told so")
    void concurrentClients() throws Exception {
        try (RunningFakeQmpServer qemu =
                        FakeQmpServer.create().withConcurrentClients().startTcp();
                RawClient first = RawClient.connect(qemu.address());
                RawClient second = RawClient.connect(qemu.address())) {
            first.line();
            second.line();
            assertEquals(1, qemu.awaitConnection(1).number());
        }
    }

    @Test
    @DisplayName("answers a sequence of calls, the last answer for ever, and the stub that was given last goes first")
    void stubs() throws Exception {
        FakeQmpServer common =
                FakeQmpServer.create().whenAny().reply("\"any\"").when("a").reply("1", "2");
        FakeQmpServer special = common.when("a").withArguments("{\"x\": [5]}").error("DeviceNotFound", "none");
        try (RunningFakeQmpServer qemu = special.startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"a\"}{\"execute\":\"a\",\"arguments\":{\"x\":[5],\"y\":1}}");
            client.send("{\"execute\":\"a\",\"arguments\":{\"y\":1}} {\"execute\":\"a\"}{\"execute\":\"b\"}");
            assertEquals(
                    List.of(
                            "{\"return\": 1}",
                            "{\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"none\"}}",
                            "{\"return\": 2}",
                            "{\"return\": 2}",
                            "{\"return\": \"any\"}"),
                    client.lines(5));
        }
    }

    @Test
    @DisplayName("computes replies from the command")
    void computed() throws Exception {
        FakeQmpServer server = FakeQmpServer.create().when("echo").reply(command -> command.arguments()
                .get("value"));
        try (RunningFakeQmpServer qemu = server.startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"echo\",\"arguments\":{\"value\":[null,false]}}");
            assertEquals("{\"return\": [null, false]}", client.line());
        }
    }

    @Test
    @DisplayName("sends events before and after a reply, to every client that has negotiated, and many in one go")
    void events() throws Exception {
        FakeQmpServer server = FakeQmpServer.create()
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP").eventAfter("OTHER", "{\"x\": 1}"));
        try (RunningFakeQmpServer qemu = server.startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"stop\",\"id\":null}");
            assertTrue(client.line()
                    .matches("\\{\"timestamp\": \\{\"seconds\": \\d+, \"microseconds\": \\d+}, \"event\": \"STOP\"}"));
            assertEquals("{\"return\": {}, \"id\": null}", client.line());
            assertTrue(client.line().endsWith(", \"event\": \"OTHER\", \"data\": {\"x\": 1}}"));
            qemu.emit("RESUME");
            assertTrue(client.line().endsWith("\"event\": \"RESUME\"}"));
            qemu.awaitConnection().emitMany(1000, "STORM");
            List<String> storm = client.lines(1000);
            assertTrue(storm.get(999).endsWith("\"event\": \"STORM\", \"data\": {\"n\": 999}}"));
        }
    }

    @Test
    @DisplayName("delays by a virtual clock: commands in band wait, one out of band does not")
    void delays() throws Exception {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        FakeQmpServer server = FakeQmpServer.create()
                .withScheduler(clock)
                .when("slow")
                .answer(Answer.reply("\"slow\"").delayed(Duration.ofHours(1)))
                .when("quick")
                .reply("\"quick\"")
                .when("urgent")
                .allowOob()
                .reply("\"urgent\"");
        try (RunningFakeQmpServer qemu = server.startUnix();
                RawClient client = RawClient.connect(qemu.address())) {
            client.line();
            client.send("{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}}");
            client.line();
            client.send("{\"execute\":\"slow\"}{\"execute\":\"quick\"}{\"exec-oob\":\"urgent\"}");
            assertEquals("{\"return\": \"urgent\"}", client.line());
            clock.advanceTimeBy(Duration.ofMinutes(59));
            assertTrue(client.hearsNothing(SILENCE));
            clock.advanceTimeBy(Duration.ofMinutes(1));
            assertEquals(List.of("{\"return\": \"slow\"}", "{\"return\": \"quick\"}"), client.lines(2));
        }
    }

    @Test
    @DisplayName("answers when a Mono emits: commands in band wait, one out of band does not")
    void later() throws Exception {
        Sinks.One<Answer> answer = Sinks.one();
        FakeQmpServer server = FakeQmpServer.create()
                .when("slow")
                .answerLater(command -> answer.asMono())
                .when("quick")
                .reply("\"quick\"")
                .when("urgent")
                .allowOob()
                .reply("\"urgent\"");
        try (RunningFakeQmpServer qemu = server.startUnix();
                RawClient client = RawClient.connect(qemu.address())) {
            client.line();
            client.send("{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [\"oob\"]}}");
            client.line();
            client.send("{\"execute\":\"slow\"}{\"execute\":\"quick\"}{\"exec-oob\":\"urgent\"}");
            assertEquals("{\"return\": \"urgent\"}", client.line());
            answer.tryEmitValue(Answer.reply("\"slow\"")).orThrow();
            assertEquals(List.of("{\"return\": \"slow\"}", "{\"return\": \"quick\"}"), client.lines(2));
        }
    }

    @Test
    @DisplayName("C35 what a client had still waiting when it left is not run")
    void leftWaiting() throws Exception {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        AtomicInteger runs = new AtomicInteger();
        FakeQmpServer server = FakeQmpServer.create()
                .withScheduler(clock)
                .when("slow")
                .answer(Answer.reply("{}").delayed(Duration.ofHours(1)))
                .when("counted")
                .answer(command -> Answer.reply(String.valueOf(runs.incrementAndGet())));
        try (RunningFakeQmpServer qemu = server.startUnix()) {
            try (RawClient client = RawClient.negotiated(qemu.address())) {
                client.send("{\"execute\":\"slow\"}{\"execute\":\"counted\"}");
                qemu.awaitCommand("counted");
            }
            qemu.awaitConnection().awaitClosed();
            clock.advanceTimeBy(Duration.ofHours(2));
            try (RawClient next = RawClient.negotiated(qemu.address())) {
                next.send("{\"execute\":\"counted\"}");
                assertEquals("{\"return\": 1}", next.line());
            }
        }
    }

    @Test
    @DisplayName(
            "tells what it received, byte by byte and as a Flux that begins at the beginning, and the client's end")
    void records() throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .whenAny()
                .commandNotFound()
                .withoutNegotiation()
                .withoutGreeting()
                .startUnix()) {
            FakeConnection connection;
            try (RawClient client = RawClient.connect(qemu.address())) {
                client.send("{\"execute\":\"x\"} @ {\"exec-oob\":\"y\"}\n");
                client.lines(3);
                connection = qemu.awaitConnection();
                assertTrue(connection.isOpen());
            }
            StepVerifier.create(connection.closed()).verifyComplete();
            assertFalse(connection.isOpen());
            StepVerifier.create(connection.commands().map(ReceivedCommand::toString))
                    .expectNext("{\"execute\":\"x\"}", "{\"exec-oob\":\"y\"}")
                    .verifyComplete();
            assertArrayEquals(
                    "{\"execute\":\"x\"} @ {\"exec-oob\":\"y\"}\n".getBytes(StandardCharsets.US_ASCII),
                    connection.receivedBytes());
            assertThrows(AssertionError.class, () -> connection.awaitCommand("z"));
        }
    }

    @Test
    @DisplayName("takes a stub for the negotiation")
    void stubsNegotiation() throws Exception {
        FakeQmpServer server = FakeQmpServer.create()
                .whenAny()
                .commandNotFound()
                .when("qmp_capabilities")
                .answer(Answer.error("GenericError", "no"), Answer.reply("{}").eventBefore("EARLY"));
        try (RunningFakeQmpServer qemu = server.startUnix();
                RawClient client = RawClient.connect(qemu.address())) {
            client.line();
            client.send("{\"execute\":\"qmp_capabilities\"}{\"execute\":\"x\"}");
            assertTrue(client.line().contains("\"no\""));
            assertTrue(client.line().contains("Expecting capabilities negotiation"));
            client.send("{\"execute\":\"qmp_capabilities\"}{\"execute\":\"x\"}");
            assertTrue(client.line().contains("EARLY"));
            assertEquals("{\"return\": {}}", client.line());
            assertTrue(client.line().contains("The command x has not been found"));
            StepVerifier.create(qemu.awaitConnection().negotiated()).verifyComplete();
        }
    }

    @Test
    @DisplayName("answers 80,000 commands that come at once, in their order")
    void throughput() throws Exception {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("query-status")
                        .reply("{\"running\": true}")
                        .startTcp();
                RawClient client = RawClient.negotiated(qemu.address())) {
            StringBuilder commands = new StringBuilder();
            for (int i = 0; i < 80_000; i++) {
                commands.append("{\"execute\":\"query-status\",\"id\":\"#")
                        .append(i)
                        .append("\"}\n");
            }
            client.send(commands.toString());
            List<String> replies = client.drain(80_000);
            assertEquals("{\"return\": {\"running\": true}, \"id\": \"#79999\"}", replies.get(79_999));
        }
    }
}
