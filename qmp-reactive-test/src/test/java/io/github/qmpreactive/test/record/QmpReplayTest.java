package io.github.qmpreactive.test.record;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.verify.DataMatcher.data;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.QmpReplay;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.verify.QmpVerifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(LeakGuard.class)
@DisplayName("A replay")
class QmpReplayTest {

    @TempDir
    Path folder;

    private static QmpSession connect(RunningFakeQmpServer qemu) {
        return Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).name("vm").connect().block(PATIENCE));
    }

    /** Status, stop, an event without a command, status, quit. */
    private static Recordings conversation() {
        return Recordings.begun()
                .client("{\"execute\": \"query-status\", \"id\": \"#1\"}")
                .server("{\"return\": {\"status\": \"running\"}, \"id\": \"#1\"}")
                .client("{\"execute\": \"stop\", \"id\": \"#2\"}")
                .server("{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 1, \"microseconds\": 2}}")
                .server("{\"return\": {}, \"id\": \"#2\"}")
                .server("{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 7}}")
                .client("{\"execute\": \"query-status\", \"id\": \"#3\"}")
                .server("{\"return\": {\"status\": \"paused\"}, \"id\": \"#3\"}")
                .client("{\"execute\": \"quit\", \"id\": \"#4\"}")
                .server("{\"event\": \"SHUTDOWN\"}")
                .closedByServer();
    }

    private static String failureOf(Executable action) {
        return String.valueOf(assertThrows(AssertionError.class, action).getMessage());
    }

    private static void assertFailsWith(String expected, Executable action) {
        String message = failureOf(action);
        assertTrue(message.contains(expected), message);
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("in order")
    class InOrder {

        @Test
        @DisplayName("sends what QEMU sent, in its place, and ends as QEMU did")
        void whole() {
            try (RunningFakeQmpServer qemu =
                    QmpReplay.inOrder(conversation().in(folder)).server().startUnix()) {
                QmpSession session = connect(qemu);
                QmpVerifier.create(session.execute("query-status"))
                        .expectReply("{\"status\": \"running\"}")
                        .verify();
                QmpVerifier.create(session.events())
                        .thenExecute(session, "stop")
                        .expectEvent("STOP")
                        .expectEvent("RTC_CHANGE", data("/offset", 7))
                        .thenExecute(session, "query-status")
                        .then(session.quit())
                        .expectEvent("SHUTDOWN")
                        .expectComplete()
                        .verify();
                qemu.verifyScript();
            }
        }

        @Test
        @DisplayName("gives replies the ids that the client uses now, or none where it uses none")
        void ids() {
            RunningFakeQmpServer qemu =
                    QmpReplay.inOrder(conversation().in(folder)).server().startTcp();
            QmpSession session = connect(qemu);
            ObjectNode message = JsonNodeFactory.instance.objectNode().put("execute", "query-status");
            message.putObject("id").put("mine", 5);
            QmpVerifier.create(session.raw(message, IdPolicy.KEEP))
                    .expectReply("{\"return\": {\"status\": \"running\"}, \"id\": {\"mine\": 5}}")
                    .verify();
            message.remove("id");
            message.put("execute", "stop");
            QmpVerifier.create(session.raw(message, IdPolicy.KEEP))
                    .expectReply("{\"return\": {}}")
                    .verify();
            session.disconnect().block(PATIENCE);
            // Some of it was enough.
            qemu.closeLater().block(PATIENCE);
        }

        @Test
        @DisplayName("refuses another command, with file, line and differences, and then all others; closing fails")
        void mismatch() {
            RunningFakeQmpServer qemu = QmpReplay.inOrder(Recordings.begun()
                            .client("{\"execute\": \"device_del\", \"arguments\": {\"id\": \"usb0\"}, \"id\": \"#1\"}")
                            .server("{\"return\": {}, \"id\": \"#1\"}")
                            .in(folder))
                    .server()
                    .startUnix();
            QmpSession session = connect(qemu);
            QmpVerifier.create(session.execute("device_del", Map.of("id", "usb1")))
                    .expectExecuteError("GenericError")
                    .withDescriptionContaining("device_del is not what the test's script expects at step 1 of 2")
                    .verify();
            QmpVerifier.create(session.execute("device_del", Map.of("id", "usb0")))
                    .expectExecuteError("GenericError")
                    .verify();
            session.disconnect().block(PATIENCE);
            String message = failureOf(qemu::close);
            assertTrue(message.contains("> 1. expect device_del {\"id\":\"usb0\"} ("), message);
            assertTrue(message.contains("by-hand.jsonl, line 5)"), message);
            assertTrue(message.contains("/arguments/id: expected \"usb0\", but was \"usb1\""), message);
        }

        @Test
        @DisplayName("refuses a command behind the end")
        void otherwise() {
            RunningFakeQmpServer qemu =
                    QmpReplay.inOrder(Recordings.begun().in(folder)).server().startUnix();
            QmpSession session = connect(qemu);
            QmpVerifier.create(session.execute("stop"))
                    .expectExecuteError("GenericError")
                    .withDescriptionContaining("stop came when the test's script was over")
                    .verify();
            session.disconnect().block(PATIENCE);
            assertFailsWith("The script was over, and one more command came", qemu::close);
        }

        @Test
        @DisplayName("of which only the beginning was played fails when it is closed, with file and line; once")
        void beginning() {
            QmpReplay replay = QmpReplay.inOrder(conversation().in(folder));
            RunningFakeQmpServer qemu = replay.server().startUnix();
            QmpSession session = connect(qemu);
            session.execute("query-status").block(PATIENCE);
            session.disconnect().block(PATIENCE);
            assertFailsWith("by-hand.jsonl, line 7)", qemu::close);
            qemu.close();
            RunningFakeQmpServer nothing = replay.server().startUnix();
            nothing.closeLater().block(PATIENCE);
        }

        @Test
        @DisplayName("lets anything pass in the place of a secret, and nothing else")
        void secrets() {
            QmpReplay replay = QmpReplay.inOrder(Recordings.begun()
                    .client(
                            "{\"execute\": \"set_password\", \"arguments\":"
                                    + " {\"protocol\": \"vnc\", \"password\": \"***\"}, \"id\": 1}",
                            "/arguments/password")
                    .server("{\"return\": {}, \"id\": 1}")
                    .in(folder));
            try (RunningFakeQmpServer qemu = replay.server().startUnix()) {
                QmpSession session = connect(qemu);
                session.execute("set_password", Map.of("protocol", "vnc", "password", "other"))
                        .block(PATIENCE);
                session.disconnect().block(PATIENCE);
                qemu.verifyScript();
            }
            RunningFakeQmpServer qemu = replay.server().startUnix();
            QmpSession session = connect(qemu);
            QmpVerifier.create(session.execute("set_password", Map.of("protocol", "vnc")))
                    .expectExecuteError("GenericError")
                    .verify();
            session.disconnect().block(PATIENCE);
            assertFailsWith("/arguments/password: expected \"***\", but there is nothing", qemu::close);
        }

        @Test
        @DisplayName("goes on with the second recorded connection over the second one, and has no more than those")
        void connections() {
            Recordings twice = Recordings.begun()
                    .closedByClient()
                    .nextConnection()
                    .server(Recordings.GREETING)
                    .client("{\"execute\": \"qmp_capabilities\", \"id\": \"#0\"}")
                    .server("{\"return\": {}, \"id\": \"#0\"}")
                    .client("{\"execute\": \"stop\", \"id\": \"#1\"}")
                    .server("{\"return\": {}, \"id\": \"#1\"}");
            RunningFakeQmpServer qemu =
                    QmpReplay.inOrder(twice.in(folder)).server().startUnix();
            connect(qemu).disconnect().block(PATIENCE);
            QmpSession second = connect(qemu);
            second.execute("stop").block(PATIENCE);
            qemu.verifyScript();
            second.disconnect().block(PATIENCE);
            QmpSession third = connect(qemu);
            QmpVerifier.create(third.execute("stop"))
                    .expectExecuteError("GenericError")
                    .verify();
            third.disconnect().block(PATIENCE);
            assertFailsWith("The script was over, and one more command came", qemu::close);
        }

        @Test
        @DisplayName("resets where QEMU did")
        void reset() {
            Recordings reset = Recordings.begun()
                    .client("{\"execute\": \"stop\", \"id\": \"#1\"}")
                    .resetByServer();
            try (RunningFakeQmpServer qemu =
                    QmpReplay.inOrder(reset.in(folder)).server().startTcp()) {
                QmpSession session = connect(qemu);
                QmpVerifier.create(session.execute("stop")).expectInterrupted().verify();
                QmpVerifier.create(session.events()).expectLost(How.RESET).verify();
            }
        }
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("by command")
    class ByCommand {

        @Test
        @DisplayName(
                "answers in whatever order, the n-th call as the n-th time, the last one for ever, with the events")
        void anyOrder() {
            try (RunningFakeQmpServer qemu =
                    QmpReplay.byCommand(conversation().in(folder)).server().startUnix()) {
                QmpSession session = connect(qemu);
                QmpVerifier.create(session.events())
                        .thenExecute(session, "stop")
                        .expectEvent("STOP")
                        .expectEvent("RTC_CHANGE")
                        .thenExecute(session, "stop")
                        .expectEvent("STOP")
                        .expectEvent("RTC_CHANGE")
                        .thenCancel()
                        .verify();
                Flux<String> status = session.execute("query-status")
                        .map(reply -> reply.path("status").asString())
                        .repeat(2);
                assertEquals(
                        List.of("running", "paused", "paused"),
                        status.collectList().block(PATIENCE));
                assertFailsWith("by-hand.jsonl, line 13)", qemu::verifyStubs);
                session.quit().block(PATIENCE);
                qemu.verifyStubs();
            }
        }

        @Test
        @DisplayName("keeps replies with their commands where they were pipelined, out of order, with one id twice")
        void pipelined() {
            Recordings pipelined = Recordings.begun()
                    .client("{\"execute\": \"a\", \"id\": 1}")
                    .client("{\"execute\": \"b\", \"id\": 1}")
                    .client("{\"exec-oob\": \"c\", \"id\": 3}")
                    .server("{\"return\": \"c\", \"id\": 3}")
                    .server("{\"return\": \"a\", \"id\": 1}")
                    .server("{\"event\": \"OF_C\"}")
                    .server("{\"return\": \"b\", \"id\": 1}");
            QmpReplay replay = QmpReplay.byCommand(pipelined.in(folder));
            try (RunningFakeQmpServer qemu = replay.server().withSplitOutput(3).startTcp()) {
                QmpSession session = connect(qemu);
                QmpVerifier.create(session.execute("b")).expectReply("\"b\"").verify();
                QmpVerifier.create(session.execute("a")).expectReply("\"a\"").verify();
                QmpVerifier.create(session.execute("a")).expectReply("\"a\"").verify();
                session.disconnect().block(PATIENCE);
            }
        }

        @Test
        @DisplayName("refuses what was not recorded, with the commands that were, or with the differences, and goes on")
        void mismatch() {
            RunningFakeQmpServer qemu =
                    QmpReplay.byCommand(conversation().in(folder)).server().startUnix();
            QmpSession session = connect(qemu);
            String unknown = "by-hand.jsonl): its commands are query-status, stop, quit";
            String different = "by-hand.jsonl, line 7): /arguments: expected nothing, but was {\"now\":true}";
            QmpVerifier.create(session.execute("cont"))
                    .expectExecuteError("CommandNotFound")
                    .withDescriptionContaining(unknown)
                    .verify();
            QmpVerifier.create(session.execute("stop", Map.of("now", true)))
                    .expectExecuteError("CommandNotFound")
                    .withDescriptionContaining(different)
                    .verify();
            QmpVerifier.create(session.execute("query-status"))
                    .expectReplyAt("/status", "running")
                    .verify();
            session.disconnect().block(PATIENCE);
            assertFailsWith(different, qemu::close);
        }
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("at the pace of the recording")
    class Paced {

        private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

        /** Lets virtual time run until something has come; when that was. */
        private Duration timeOf(Mono<?> what) {
            Mono<Duration> time = what.thenReturn(true).map(came -> Duration.ofNanos(clock.now(TimeUnit.NANOSECONDS)));
            Flux<Duration> running = Flux.interval(Duration.ofMillis(5))
                    .doOnNext(tick -> clock.advanceTimeBy(Duration.ofMillis(100)))
                    .then(Mono.<Duration>empty())
                    .flux();
            return Objects.requireNonNull(Flux.merge(time.flux(), running).blockFirst(PATIENCE));
        }

        @Test
        @DisplayName("messages wait as long as QEMU did, in order and by command")
        void waits() {
            Path recording = conversation().in(folder);
            for (QmpReplay replay : List.of(QmpReplay.inOrder(recording), QmpReplay.byCommand(recording))) {
                RunningFakeQmpServer qemu =
                        replay.paced().server().withScheduler(clock).startUnix();
                Mono<QmpSession> connecting =
                        QmpClient.create().address(qemu.address()).connect().cache();
                Duration start = Duration.ofNanos(clock.now(TimeUnit.NANOSECONDS));
                Duration connected = timeOf(connecting);
                assertTrue(connected.minus(start).compareTo(Duration.ofMillis(900)) >= 0, connected::toString);
                QmpSession session = Objects.requireNonNull(connecting.block(PATIENCE));
                Mono<?> status = session.execute("query-status");
                Duration replied = timeOf(status);
                assertTrue(replied.minus(connected).compareTo(Duration.ofMillis(900)) >= 0, replied::toString);
                Mono<?> change = session.executeAndAwait(QmpCommand.of("stop"), QmpEvent.named("RTC_CHANGE"));
                Duration changed = timeOf(change);
                assertTrue(changed.minus(replied).compareTo(Duration.ofMillis(2_900)) >= 0, changed::toString);
                session.disconnect().block(PATIENCE);
                // Some of it was enough.
                qemu.closeLater().block(PATIENCE);
            }
        }
    }
}
