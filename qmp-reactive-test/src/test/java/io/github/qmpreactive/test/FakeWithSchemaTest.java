package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("A fake with a schema")
class FakeWithSchemaTest {

    private static final SchemaCheck SCHEMA = SchemaCheck.qemu("7.2");
    private static final String STATUS = "{\"running\": true, \"singlestep\": false, \"status\": \"running\"}";
    private static final String HALF_A_STATUS = "{\"running\": true}";
    private static final String BAD_STATUS =
            "QEMU never answers query-status with {\"running\":true}: 'singlestep' is missing";
    private static final FakeQmpServer MACHINE = FakeQmpServer.create().withSchema(SCHEMA);

    private static void with(FakeQmpServer machine, Consumer<QmpSession> test) {
        try (RunningFakeQmpServer server = machine.startUnix()) {
            QmpSession session = connect(server);
            test.accept(session);
            session.disconnect().block(PATIENCE);
        }
    }

    private static QmpSession connect(RunningFakeQmpServer server) {
        return Objects.requireNonNull(
                QmpClient.create().address(server.address()).connect().block(PATIENCE));
    }

    private static ErrorResponse errorOf(Mono<JsonNode> command) {
        return assertThrows(ExecuteError.class, () -> command.block(PATIENCE)).response();
    }

    private static void assertRefused(String message, Executable setUp) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, setUp).getMessage());
    }

    @Test
    @DisplayName("refuses wrong commands as QEMU does, without asking stubs")
    void commands() {
        AtomicInteger asked = new AtomicInteger();
        FakeQmpServer machine = MACHINE.whenAny()
                .matching(command -> asked.incrementAndGet() > 0)
                .reply("{}");
        with(machine, session -> {
            assertEquals(
                    new ErrorResponse("CommandNotFound", "The command stopp has not been found"),
                    errorOf(session.execute("stopp")));
            assertEquals(
                    new ErrorResponse("GenericError", "Parameter 'size' is missing"),
                    errorOf(session.execute("block_resize", Map.of("sise", 1))));
            assertEquals(
                    new ErrorResponse("GenericError", "The command stop does not support OOB"),
                    errorOf(session.execute(QmpCommand.of("stop").oob())));
            assertEquals(0, asked.get());
        });
    }

    @Test
    @DisplayName("answers right commands as the stubs say, in band and out of band")
    void rightCommands() {
        FakeQmpServer machine = MACHINE.when("query-status")
                .reply(STATUS)
                .when("query-yank")
                .reply("[]")
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP"));
        with(machine, session -> {
            assertTrue(Objects.requireNonNull(session.execute("query-status").block(PATIENCE))
                    .path("running")
                    .asBoolean());
            assertEquals(
                    JsonText.read("[]"),
                    session.execute(QmpCommand.of("query-yank").oob()).block(PATIENCE));
            StepVerifier.create(session.executeAndAwait("stop", "STOP").map(QmpEvent::name))
                    .expectNext("STOP")
                    .expectComplete()
                    .verify(PATIENCE);
        });
    }

    @Test
    @DisplayName("has the commands of its schema alone: the storage daemon has no machine to stop")
    void storageDaemon() {
        FakeQmpServer daemon = FakeQmpServer.create()
                .withSchema(SchemaCheck.storageDaemon())
                .when("query-named-block-nodes")
                .reply("[]");
        with(daemon, session -> {
            assertEquals("CommandNotFound", errorOf(session.execute("stop")).errorClass());
            session.execute("query-named-block-nodes").block(PATIENCE);
        });
        assertRefused("The schema has no command stop, so it cannot be stubbed", () -> daemon.when("stop")
                .reply("{}"));
    }

    @Test
    @DisplayName("tells its schema")
    void tellsSchema() {
        with(
                MACHINE,
                session -> assertEquals(
                        SCHEMA.json(), session.execute("query-qmp-schema").block(PATIENCE)));
    }

    @Test
    @DisplayName("takes no stub that QEMU would not answer so, whichever comes first, stub or schema")
    void stubs() {
        assertRefused(BAD_STATUS, () -> MACHINE.when("query-status").reply(HALF_A_STATUS));
        assertRefused(BAD_STATUS, () -> MACHINE.when("query-status").reply(STATUS, HALF_A_STATUS));
        FakeQmpServer unchecked = FakeQmpServer.create().when("query-status").reply(HALF_A_STATUS);
        assertRefused(BAD_STATUS, () -> unchecked.withSchema(SCHEMA));
        assertRefused(
                "The schema has no command query-stauts, so it cannot be stubbed",
                () -> MACHINE.when("query-stauts").silent());
    }

    @Test
    @DisplayName("takes no stub with an event that QEMU never sends, of one command or of any")
    void stubbedEvents() {
        assertRefused("QEMU never sends the event STOPPED: there is no event STOPPED", () -> MACHINE.when("stop")
                .answer(Answer.reply("{}").eventBefore("STOPPED")));
        assertRefused(
                "QEMU never sends the event RTC_CHANGE {\"offset\":0.5}: 'offset' is 0.5, but has to be an integer of 64"
                        + " bits",
                () -> MACHINE.whenAny().answer(Faults.silence().eventAfter("RTC_CHANGE", "{\"offset\": 0.5}")));
    }

    @Test
    @DisplayName("sends no event by hand that QEMU never sends, with or without subscribers")
    void events() {
        String message = "QEMU never sends the event STOP {\"n\":0}: 'n' is unexpected: there is no such member";
        try (RunningFakeQmpServer server = MACHINE.startUnix()) {
            assertRefused(message, () -> server.emit("STOP", "{\"n\": 0}"));
            assertRefused("QEMU never sends the event NO: there is no event NO", () -> server.emit("NO"));
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            assertRefused(message, () -> connection.emit("STOP", "{\"n\": 0}"));
            assertRefused(message, () -> connection.emitMany(3, "STOP", "{\"n\": 0}"));
            assertRefused(
                    "QEMU never sends the event NO {\"n\":0}: there is no event NO",
                    () -> connection.emitMany(3, "NO"));
            Mono<QmpEvent> next = session.events().next().cache();
            next.subscribe();
            connection.emit("STOP");
            assertEquals("STOP", Objects.requireNonNull(next.block(PATIENCE)).name());
            session.disconnect().block(PATIENCE);
        }
    }

    @Test
    @DisplayName("sends no reply by hand that QEMU never sends")
    void replyByHand() {
        try (RunningFakeQmpServer server = MACHINE.when("query-status").silent().startUnix()) {
            QmpSession session = connect(server);
            Mono<JsonNode> reply = session.execute("query-status").cache();
            reply.subscribe();
            FakeConnection connection = server.awaitConnection();
            ReceivedCommand command = connection.awaitCommand("query-status");
            assertRefused(BAD_STATUS, () -> connection.reply(command, HALF_A_STATUS));
            connection.reply(command, STATUS);
            assertEquals(JsonText.read(STATUS), reply.block(PATIENCE));
            session.disconnect().block(PATIENCE);
        }
    }

    @Test
    @DisplayName("fails the test whose stub computes a wrong reply, when it is closed; the client is told at once")
    void computed() {
        assertComplains(MACHINE.when("query-status").reply(command -> JsonText.read(HALF_A_STATUS)), BAD_STATUS);
    }

    @Test
    @DisplayName("fails the test whose stub of any command does not fit the one that comes")
    void anyCommand() {
        assertComplains(MACHINE.whenAny().reply(HALF_A_STATUS), BAD_STATUS);
    }

    @Test
    @DisplayName("fails the test that has no stub for a valid command: the schema does not say what QEMU replies")
    void noStub() {
        assertComplains(
                MACHINE,
                "No stub answers {\"execute\":\"query-status\",\"id\":\"#1\"}, which is right by the schema: say"
                        + " .when(\"query-status\")");
    }

    /** The text, without the part of an id that each session has of its own. */
    private static String withoutOwn(String text) {
        return text.replaceAll("\"#...(.\")", "\"#$1");
    }

    private static void assertComplains(FakeQmpServer machine, String complaint) {
        RunningFakeQmpServer server = machine.startUnix();
        QmpSession session = connect(server);
        assertEquals(
                complaint, withoutOwn(errorOf(session.execute("query-status")).description()));
        session.disconnect().block(PATIENCE);
        String message = "At this fake:\n" + complaint;
        assertEquals(
                message,
                withoutOwn(assertThrows(AssertionError.class, server::close).getMessage()));
        // It was told.
        StepVerifier.create(server.closeLater()).expectComplete().verify(PATIENCE);
        assertThrows(Exception.class, () -> connect(server));
    }

    @Test
    @DisplayName(
            "says of stubs that do not answer a right command why not, in what its arguments differ, and fails the test")
    void nearMisses() {
        FakeQmpServer machine = MACHINE.when("device_del")
                .withArguments("{\"id\": \"usb0\"}")
                .reply("{}")
                .whenAny()
                .matching(command -> false)
                .reply("{}");
        RunningFakeQmpServer server = machine.startUnix();
        QmpSession session = connect(server);
        String complaint =
                "No stub answers {\"execute\":\"device_del\",\"arguments\":{\"id\":\"usb1\"},\"id\":\"#1\"}, which is"
                        + " right by the schema; it is stubbed, but not with what came:\n"
                        + "  .whenAny().matching(...): it does not match\n"
                        + "  .when(\"device_del\").withArguments({\"id\":\"usb0\"}): /id: expected \"usb0\", but was \"usb1\"";
        assertEquals(
                complaint,
                withoutOwn(errorOf(session.execute("device_del", Map.of("id", "usb1")))
                        .description()));
        session.disconnect().block(PATIENCE);
        assertEquals(
                "At this fake:\n" + complaint,
                withoutOwn(assertThrows(AssertionError.class, server::close).getMessage()));
    }

    @Test
    @DisplayName("checks nothing about a fault that is meant to be wrong")
    void meantToBeWrong() {
        List<Answer> faults = List.of(
                Faults.halfReply(),
                Faults.resetAfter(4),
                Faults.wrongId(),
                Faults.idlessError(),
                Faults.garbage(),
                Faults.longReply(200),
                Faults.endOfFile(),
                Faults.silence(),
                Answer.reply(command -> JsonText.read("{}")).truncated(3).thenClose());
        for (Answer fault : faults) {
            FakeQmpServer machine =
                    MACHINE.when("query-status").answer(fault).when("stop").answer(Faults.eventStorm(3, "STOP"));
            try (RunningFakeQmpServer server = machine.startUnix()) {
                QmpSession session = connect(server);
                StepVerifier.create(session.events().map(QmpEvent::name).take(6))
                        .then(() -> session.execute("stop").block(PATIENCE))
                        .then(() -> server.awaitConnection().emitMany(3, "STOP"))
                        .expectNextCount(6)
                        .expectComplete()
                        .verify(PATIENCE);
                session.execute("query-status").subscribe(reply -> {}, error -> {});
                server.awaitCommand("query-status");
                session.disconnect().block(PATIENCE);
            }
        }
        assertRefused("QEMU never sends the event SHUTDOWN: 'guest' is missing", () -> MACHINE.when("stop")
                .answer(Faults.eventStorm(3, "SHUTDOWN", null)));
    }

    @Test
    @DisplayName("still does all that no server should do, where a test says so")
    void faults() {
        FakeQmpServer machine = MACHINE.when("query-status")
                .answer(
                        Faults.longReply(200),
                        Answer.error("SomeError", "says the test"),
                        Answer.text("{\"return\": 7, \"id\": \"mine\"}\r\n"));
        with(machine, session -> {
            assertTrue(Objects.requireNonNull(session.execute("query-status").block(PATIENCE))
                    .isString());
            assertEquals("SomeError", errorOf(session.execute("query-status")).errorClass());
            assertEquals(
                    7,
                    Objects.requireNonNull(
                                    session.raw("{\"execute\": \"query-status\", \"id\": \"mine\"}", IdPolicy.KEEP)
                                            .block(PATIENCE))
                            .path("return")
                            .intValue());
        });
    }
}
