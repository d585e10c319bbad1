package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A script")
class QmpScriptTest {

    private static final QmpScript UNPLUG = QmpScript.create()
            .expect("query-status")
            .reply("{\"running\": true}")
            .expect("device_del", "{\"id\": \"usb0\"}")
            .reply("{}")
            .emit("DEVICE_DELETED", "{\"device\": \"usb0\"}");

    private static RunningFakeQmpServer start(QmpScript script) {
        return FakeQmpServer.create().script(script).startUnix();
    }

    private static QmpClient client(RunningFakeQmpServer qemu) {
        return QmpClient.create().address(qemu.address()).name("vm");
    }

    private static QmpSession connect(RunningFakeQmpServer qemu) {
        return Objects.requireNonNull(client(qemu).connect().block(PATIENCE));
    }

    private static String messageOf(Throwable error) {
        return String.valueOf(error.getMessage());
    }

    @Test
    @DisplayName("is played in its order: commands, replies, events")
    void inOrder() {
        try (RunningFakeQmpServer qemu = start(UNPLUG)) {
            Mono<QmpEvent> deleted = client(qemu)
                    .withSession(vm -> vm.execute("query-status")
                            .then(vm.executeAndAwait(
                                    QmpCommand.of("device_del").arguments(Map.of("id", "usb0")),
                                    QmpEvent.matching("DEVICE_DELETED", Map.of("device", "usb0")))))
                    .next();
            StepVerifier.create(deleted).expectNextCount(1).expectComplete().verify(PATIENCE);
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("that is departed from fails the test with its place, what came, and each member that differs")
    void departure() {
        RunningFakeQmpServer qemu = start(UNPLUG);
        QmpSession session = connect(qemu);
        session.execute("query-status").block(PATIENCE);
        Map<String, Object> arguments = Map.of("id", "usb1", "force", true);
        ExecuteError refused = assertThrows(ExecuteError.class, () -> session.execute("device_del", arguments)
                .block(PATIENCE));
        assertEquals(
                "The command device_del is not what the test's script expects at step 3 of 5", refused.description());
        assertThrows(ExecuteError.class, () -> session.execute("query-status").block(PATIENCE));
        AssertionError failure = assertThrows(AssertionError.class, qemu::close);
        assertEquals(
                """
                At step 3 of 5 of the script something else came than is expected:
                  1. expect query-status
                  2.   reply {"running": true}
                > 3. expect device_del {"id":"usb0"}
                  4.   reply {}
                  5.   emit DEVICE_DELETED {"device": "usb0"}
                Expected:
                {
                  "execute" : "device_del",
                  "arguments" : {
                    "id" : "usb0"
                  }
                }
                """,
                messageOf(failure).lines().limit(13).map(line -> line + "\n").reduce("", String::concat));
        String rest = messageOf(failure).lines().skip(13).reduce("", (a, b) -> a + b + "\n");
        assertTrue(rest.startsWith("Received:\n{\n  \"execute\" : \"device_del\""), rest);
        assertTrue(rest.contains("  /arguments/id: expected \"usb0\", but was \"usb1\"\n"), rest);
        assertTrue(rest.contains("  /arguments/force: expected nothing, but was true\n"), rest);
    }

    @Test
    @DisplayName("tells another command, missing arguments, and out of band where it should not be")
    void differences() {
        QmpScript script = QmpScript.create().expect("a", "{\"list\": [1, {\"x\": 2.0}], \"gone\": null}");
        record Case(QmpCommand sent, List<String> told) {}
        List<Case> cases = List.of(
                new Case(
                        QmpCommand.of("b").arguments(Map.of("list", List.of(1, Map.of("x", 3)))),
                        List.of(
                                "  /execute: expected \"a\", but was \"b\"",
                                "  /arguments/list/1/x: expected 2.0, but was 3",
                                "  /arguments/gone: expected null, but there is nothing")),
                new Case(
                        QmpCommand.of("a").oob(),
                        List.of(
                                "  /execute: expected \"a\", but there is nothing",
                                "  /arguments: expected {\"list\":[1,{\"x\":2.0}],\"gone\":null}, but there is nothing",
                                "  /exec-oob: expected nothing, but was \"a\"")));
        for (Case c : cases) {
            RunningFakeQmpServer qemu = start(script);
            QmpSession session = connect(qemu);
            assertThrows(ExecuteError.class, () -> session.execute(c.sent()).block(PATIENCE));
            AssertionError failure = assertThrows(AssertionError.class, qemu::verifyScript);
            assertEquals(
                    c.told(),
                    messageOf(failure)
                            .lines()
                            .dropWhile(line -> !line.equals("Differences:"))
                            .skip(1)
                            .toList());
            // It has been told.
            qemu.close();
        }
    }

    @Test
    @DisplayName("compares by value: 1.0 is 1, empty arguments are none; any arguments are taken where it says so")
    void values() {
        QmpScript script = QmpScript.create()
                .expect("a", "{\"n\": 1.0, \"m\": 2}")
                .reply("1")
                .expect("b", "{}")
                .reply("2")
                .expectWithAnyArguments("c")
                .reply("3")
                .expect(QmpCommand.of("yank")
                        .arguments(Map.of("instances", List.of()))
                        .oob())
                .error("GenericError", "not now");
        try (RunningFakeQmpServer qemu = start(script)) {
            QmpSession session = connect(qemu);
            session.raw("{\"execute\": \"a\", \"arguments\": {\"m\": 2, \"n\": 1}}", IdPolicy.ASSIGN)
                    .block(PATIENCE);
            session.execute("b").block(PATIENCE);
            session.execute("c", Map.of("x", 1)).block(PATIENCE);
            ExecuteError error = assertThrows(ExecuteError.class, () -> session.execute(QmpCommand.of("yank")
                            .arguments(Map.of("instances", List.of()))
                            .oob())
                    .block(PATIENCE));
            assertEquals("not now", error.description());
        }
    }

    @Test
    @DisplayName("that was not played to its end fails the test, and says where it stands")
    void unfinished() {
        RunningFakeQmpServer qemu = start(UNPLUG);
        client(qemu).withSession(vm -> vm.execute("query-status")).blockLast(PATIENCE);
        AssertionError failure = assertThrows(AssertionError.class, qemu::close);
        assertEquals("""
                The script is not over: step 3 of 5 has not happened:
                  1. expect query-status
                  2.   reply {"running": true}
                > 3. expect device_del {"id":"usb0"}
                  4.   reply {}
                  5.   emit DEVICE_DELETED {"device": "usb0"}
                Received: nothing since
                """, messageOf(failure));
        // Once is enough.
        qemu.close();
    }

    @Test
    @DisplayName("that was over when one more command came fails the test, but for what is stubbed")
    void tooMuch() {
        RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("query-status")
                .reply("{}")
                .script(QmpScript.create().expect("a").reply("{}"))
                .startTcp();
        QmpSession session = connect(qemu);
        session.execute("query-status").block(PATIENCE);
        session.execute("a").block(PATIENCE);
        session.execute("query-status").block(PATIENCE);
        qemu.verifyScript();
        ExecuteError refused =
                assertThrows(ExecuteError.class, () -> session.execute("a").block(PATIENCE));
        assertEquals("The command a came when the test's script was over", refused.description());
        String message = messageOf(assertThrows(AssertionError.class, qemu::close));
        assertTrue(message.startsWith("The script was over, and one more command came:\n  1. expect a\n"), message);
    }

    @Test
    @DisplayName("that is long is shown around the step at which it was left, and around its end")
    void neighbourhood() {
        QmpScript script = QmpScript.create();
        for (int n = 1; n <= 30; n++) {
            script = script.expect("c" + n);
        }
        RunningFakeQmpServer qemu = start(script);
        QmpSession session = connect(qemu);
        List<Mono<?>> sent = List.of(session.execute("c1"), session.execute("x"));
        assertThrows(ExecuteError.class, () -> Mono.firstWithSignal(sent).block(PATIENCE));
        assertTrue(messageOf(assertThrows(AssertionError.class, qemu::close)).contains("""
                is expected:
                  1. expect c1
                > 2. expect c2
                  3. expect c3
                  4. expect c4
                  5. expect c5
                  6. expect c6
                  7. expect c7
                  … 23 more
                Expected:
                """));
        QmpScript all = script;
        String refused =
                messageOf(assertThrows(IllegalStateException.class, () -> all.answerTo("x", Faults.garbage())));
        assertTrue(refused.endsWith("""
                  … 25 more
                  26. expect c26
                  27. expect c27
                  28. expect c28
                  29. expect c29
                  30. expect c30
                >    (the end)
                """), refused);
    }

    @Test
    @DisplayName("answers in whichever order, begins with an event, and goes on over connections")
    void anyOrder() {
        QmpScript script = QmpScript.create()
                .emit("EARLY")
                .expect("a")
                .expect("b")
                .expect("a")
                .reply("\"second a\"")
                .answerTo("b", Answer.reply("\"b\""))
                .answerTo("a", Answer.reply("\"first a\"").thenClose())
                .expect("c")
                .reset();
        try (RunningFakeQmpServer qemu = start(script)) {
            QmpSession session = connect(qemu);
            StepVerifier.create(session.events().map(QmpEvent::name).take(1))
                    .expectNext("EARLY")
                    .expectComplete()
                    .verify(PATIENCE);
            Flux<String> replies = Flux.merge(session.execute("a"), session.execute("b"), session.execute("a"))
                    .map(reply -> reply.stringValue());
            StepVerifier.create(replies)
                    .expectNext("second a", "b", "first a")
                    .expectComplete()
                    .verify(PATIENCE);
            StepVerifier.create(client(qemu).withSession(vm -> vm.execute("c")))
                    .expectError(ExecInterruptedError.class)
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("pauses and delays by the server's clock, and what comes meanwhile waits for its turn")
    void pauses() throws Exception {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        QmpScript script = QmpScript.create()
                .expect("a")
                .pause(Duration.ofMinutes(1))
                .answer(Answer.reply("1").delayed(Duration.ofMinutes(1)))
                .expect("b")
                .reply("2");
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .withScheduler(clock)
                        .script(script)
                        .startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"a\"}{\"execute\":\"b\"}");
            qemu.awaitConnection().awaitCommand("b");
            // The answer to an order shows that all before it has been dealt with.
            qemu.awaitConnection().send("{}");
            assertEquals("{}", client.line());
            clock.advanceTimeBy(Duration.ofMinutes(1));
            qemu.awaitConnection().send("[]");
            assertEquals("[]", client.line());
            clock.advanceTimeBy(Duration.ofMinutes(1));
            assertEquals(List.of("{\"return\": 1}", "{\"return\": 2}"), client.lines(2));
            qemu.verifyScript();
        }
    }

    @Test
    @DisplayName("sends no reply any more where its connection has fallen silent meanwhile, but events")
    void silence() throws Exception {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        QmpScript script = QmpScript.create()
                .expect("a")
                .pause(Duration.ofMinutes(1))
                .reply("1")
                .expect("b")
                .answer(Answer.reply("2").delayed(Duration.ofMinutes(1)))
                .emit("LATER");
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .withScheduler(clock)
                        .script(script)
                        .startUnix();
                RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"a\"}{\"execute\":\"b\"}");
            qemu.awaitCommand("b");
            qemu.awaitConnection().faults().silence();
            clock.advanceTimeBy(Duration.ofMinutes(2));
            clock.advanceTimeBy(Duration.ofMinutes(2));
            assertTrue(client.line().contains("LATER"));
        }
    }

    @Test
    @DisplayName("that cannot be played is refused when it is written: an answer to what is not expected, bad JSON")
    void refused() {
        QmpScript script = QmpScript.create().expect("a");
        assertTrue(messageOf(assertThrows(
                        IllegalStateException.class, () -> QmpScript.create().reply("{}")))
                .startsWith("Before \"reply {}\" the script expects no command that is still unanswered"));
        assertThrows(IllegalStateException.class, () -> script.reply("{}").reply("{}"));
        assertTrue(messageOf(assertThrows(IllegalStateException.class, () -> script.answerTo("b", Answer.reply("{}"))))
                .contains("the script expects no b that is still unanswered"));
        assertThrows(IllegalArgumentException.class, () -> script.reply("{"));
        assertThrows(IllegalArgumentException.class, () -> script.expect("b", "[1]"));
        assertThrows(IllegalArgumentException.class, () -> script.expect(" "));
        assertThrows(IllegalArgumentException.class, () -> script.pause(Duration.ZERO));
        assertEquals("  1. expect a\n", script.toString());
    }

    @Test
    @DisplayName("takes faults for answers")
    void faults() {
        QmpScript script = QmpScript.create()
                .expect("a")
                .answer(Faults.garbage())
                .expect("b")
                .answer(Faults.halfReply());
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().script(script).startTcp()) {
            for (String command : List.of("a", "b")) {
                StepVerifier.create(client(qemu).withSession(vm -> vm.execute(command)))
                        .expectError(ExecInterruptedError.class)
                        .verify(PATIENCE);
            }
        }
    }
}
