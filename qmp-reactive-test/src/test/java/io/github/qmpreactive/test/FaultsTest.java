package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A fault, as a client sees it:")
class FaultsTest {

    private static final int LIMIT = 4096;

    private @Nullable RunningFakeQmpServer running;

    private RunningFakeQmpServer start(FakeQmpServer server) {
        running = server.startTcp();
        return running;
    }

    private RunningFakeQmpServer start(Answer fault) {
        return start(FakeQmpServer.create()
                .when("x")
                .answer(fault)
                .when("query-status")
                .reply("{}"));
    }

    @AfterEach
    void close() {
        if (running != null) {
            running.close();
        }
    }

    private static QmpSession connect(RunningFakeQmpServer qemu) {
        return Objects.requireNonNull(QmpClient.create()
                .address(qemu.address())
                .maxMessageSize(LIMIT)
                .connect()
                .block(PATIENCE));
    }

    /** Why the session ended while a command was pending. */
    private QmpError ends(Answer fault) {
        QmpSession session = connect(start(fault));
        ExecInterruptedError error = assertThrows(
                ExecInterruptedError.class, () -> session.execute("x").block(PATIENCE));
        return assertInstanceOf(QmpError.class, error.getCause());
    }

    /** Why the session ended. */
    private static QmpError end(QmpSession session) {
        return assertThrows(QmpError.class, () -> session.onDisconnect().block(PATIENCE));
    }

    @Test
    @DisplayName("on a connection that is closed already a reset does nothing, and does not fail")
    void resetTwice() {
        RunningFakeQmpServer qemu = start(FakeQmpServer.create());
        QmpSession session = connect(qemu);
        qemu.awaitConnection().reset();
        qemu.awaitConnection().reset();
        end(session);
    }

    @Test
    @DisplayName("half a reply ends the session inside a message, the end of file in place of one between two")
    void halves() {
        assertEquals(
                How.INSIDE_MESSAGE,
                assertInstanceOf(ConnectionLostError.class, ends(Faults.halfReply()))
                        .how());
        close();
        assertEquals(
                How.END_OF_FILE,
                assertInstanceOf(ConnectionLostError.class, ends(Faults.endOfFile()))
                        .how());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    @DisplayName("a reset in place of a reply, or after some bytes of it")
    void reset(int bytes) {
        assertEquals(
                How.RESET,
                assertInstanceOf(ConnectionLostError.class, ends(Faults.resetAfter(bytes)))
                        .how());
    }

    @Test
    @DisplayName(
            "an error without an id and garbage end the session, each with its error; a reply over the limit fails its command")
    void ending() {
        assertInstanceOf(ServerParseError.class, ends(Faults.idlessError()));
        close();
        assertInstanceOf(MalformedMessageError.class, ends(Faults.garbage()));
        close();
        QmpSession session = connect(start(Faults.longReply(LIMIT + 1)));
        assertThrows(MessageTooLargeError.class, () -> session.execute("x").block(PATIENCE));
        assertEquals(SessionState.RUNNING, session.state());
    }

    @Test
    @DisplayName("silence and a wrong id leave the command waiting, and the session going")
    void goesOn() {
        for (Answer fault : List.of(Faults.silence(), Faults.wrongId())) {
            QmpSession session = connect(start(fault));
            Mono<?> pending = session.execute("x");
            StepVerifier.create(pending)
                    .then(() -> session.execute("query-status").block(PATIENCE))
                    .thenCancel()
                    .verify(PATIENCE);
            assertEquals(1, Objects.requireNonNull(running).received("x").size());
            close();
        }
    }

    @Test
    @DisplayName("a storm of events comes before the reply, none of it lost")
    void storm() {
        QmpSession session = connect(start(Faults.eventStorm(200, "STORM")));
        List<Integer> numbers = Objects.requireNonNull(session.events("STORM")
                .map(event -> event.data().path("n").intValue())
                .take(200)
                .collectList()
                .zipWith(session.execute("x"), (seen, reply) -> seen)
                .block(PATIENCE));
        assertEquals(IntStream.range(0, 200).boxed().toList(), numbers);
    }

    @Test
    @DisplayName("a storm of events that are all the same, with the data that the test says, or with none")
    void sameEvents() throws Exception {
        RunningFakeQmpServer qemu = start(Faults.eventStorm(2, "STORM", null));
        try (RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"x\"}");
            assertTrue(client.lines(2).stream().noneMatch(line -> line.contains("data")));
            assertEquals("{\"return\": {}}", client.line());
            qemu.awaitConnection().emitMany(2, "STORM", "{\"a\": 1}");
            assertTrue(client.lines(2).stream().allMatch(line -> line.contains("\"data\": {\"a\": 1}")));
        }
        assertThrows(IllegalArgumentException.class, () -> Faults.eventStorm(-1, "STORM", null));
        assertThrows(IllegalArgumentException.class, () -> Faults.eventStorm(1, "STORM", "{"));
        assertThrows(
                IllegalArgumentException.class, () -> qemu.awaitConnection().emitMany(-1, "STORM"));
    }

    @Test
    @DisplayName("a connection that falls silent answers nothing more, but takes commands and sends events")
    void fallsSilent() {
        RunningFakeQmpServer qemu = start(Answer.reply("{}"));
        QmpSession session = connect(qemu);
        session.execute("x").block(PATIENCE);
        FakeConnection connection = qemu.awaitConnection();
        connection.faults().silence();
        StepVerifier.create(session.events("STILL_HERE").map(QmpEvent::name).take(1))
                .then(() -> {
                    session.execute("query-status").subscribe(reply -> {}, e -> {});
                    connection.awaitCommand("query-status");
                    connection.emit("STILL_HERE");
                })
                .expectNext("STILL_HERE")
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName(
            "a connection that falls silent does not answer either what is being delayed, nor what waits behind it")
    void fallsSilentMeanwhile() throws Exception {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        RunningFakeQmpServer qemu = start(FakeQmpServer.create()
                .withScheduler(clock)
                .when("x")
                .answer(Answer.reply("1").eventBefore("TOO_LATE").delayed(Duration.ofMinutes(1)))
                .when("y")
                .reply("2"));
        try (RawClient client = RawClient.negotiated(qemu.address())) {
            client.send("{\"execute\":\"x\"}{\"execute\":\"y\"}");
            qemu.awaitCommand("y");
            FakeConnection connection = qemu.awaitConnection();
            connection.faults().silence();
            clock.advanceTimeBy(Duration.ofMinutes(1));
            connection.reply(connection.received("y").get(0), "\"by hand\"");
            assertEquals("{\"return\": \"by hand\"}", client.line());
        }
    }

    @Test
    @DisplayName("a connection that stalls neither reads nor sends, and catches up later")
    void stalls() {
        RunningFakeQmpServer qemu = start(Answer.reply("{}"));
        QmpSession session = connect(qemu);
        FakeConnection connection = qemu.awaitConnection();
        connection.faults().stall();
        StepVerifier.create(session.execute("x").zipWith(session.events("LATER").next()))
                .then(() -> connection.emit("LATER"))
                .expectNoEvent(Duration.ofMillis(100))
                .then(() -> assertEquals(List.of(), connection.received("x")))
                .then(() -> connection.faults().resume())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("a connection that reads slowly gets commands piece by piece, and answers them all")
    void readsSlowly() throws Exception {
        RunningFakeQmpServer qemu = start(Answer.reply("{}"));
        try (RawClient client = RawClient.negotiated(qemu.address())) {
            FakeConnection connection = qemu.awaitConnection();
            int before = connection.receivedBytes().length;
            connection.faults().readSlowly(200);
            client.send("{\"execute\":\"x\"}".repeat(40));
            connection.awaitCommand("x");
            assertTrue(connection.receivedBytes().length < before + 40 * "{\"execute\":\"x\"}".length());
            connection.faults().resume();
            assertEquals(40, client.lines(40).size());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> qemu.awaitConnection().faults().readSlowly(0));
    }

    @Test
    @DisplayName("half a message, one over the limit, and garbage out of nothing end the session, each with its error")
    void outOfNothing() {
        RunningFakeQmpServer qemu = start(Answer.reply("{}"));
        QmpSession half = connect(qemu);
        qemu.awaitConnection().faults().halfMessage();
        assertEquals(
                How.INSIDE_MESSAGE,
                assertInstanceOf(ConnectionLostError.class, end(half)).how());
        QmpSession large = connect(qemu);
        StepVerifier.create(large.events()
                        .map(event -> event.raw().toString().length())
                        .take(1))
                .then(() -> qemu.awaitConnection(1).faults().longMessage(LIMIT + 1))
                .then(() -> qemu.awaitConnection(1).faults().longMessage(LIMIT))
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        assertEquals(SessionState.RUNNING, large.state());
        large.disconnect().block(PATIENCE);
        QmpSession garbage = connect(qemu);
        qemu.awaitConnection(2).faults().garbage();
        assertInstanceOf(MalformedMessageError.class, end(garbage));
        assertThrows(
                IllegalArgumentException.class,
                () -> qemu.awaitConnection().faults().longMessage(99));
    }

    @Test
    @DisplayName("replies to unknown ids are dropped")
    void wrongIds() {
        RunningFakeQmpServer qemu = start(Answer.reply("1"));
        QmpSession session = connect(qemu);
        qemu.awaitConnection().faults().wrongIds();
        assertEquals(
                1, Objects.requireNonNull(session.execute("x").block(PATIENCE)).intValue());
    }

    @Test
    @DisplayName("another client that is connected already: a further client is greeted when the other disconnects")
    void otherClient() {
        RunningFakeQmpServer qemu = start(FakeQmpServer.create().withOtherClient());
        QmpClient client = QmpClient.create().address(qemu.address());
        StepVerifier.create(client.handshakeTimeout(Duration.ofMillis(200)).connect())
                .expectErrorSatisfies(e -> assertEquals(
                        ConnectError.Reason.NO_GREETING,
                        assertInstanceOf(ConnectError.class, e).reason()))
                .verify(PATIENCE);
        StepVerifier.create(client.connect())
                .then(() -> {
                    qemu.awaitConnection(1);
                    qemu.releaseOtherClient();
                    qemu.releaseOtherClient();
                })
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
    }
}
