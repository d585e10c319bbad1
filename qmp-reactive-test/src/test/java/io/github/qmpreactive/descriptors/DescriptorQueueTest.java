package io.github.qmpreactive.descriptors;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.FdSetInfo;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.AddFdOptions;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakGuard.class)
@DisplayName("Calls that bring a descriptor, at the fake server")
class DescriptorQueueTest {

    private RunningFakeQmpServer server;
    private Path file;
    private FdSource source;

    @BeforeEach
    void start(@TempDir Path folder) {
        file = OpenFiles.create(folder, "image", 512);
        source = FdSource.of(file, FdAccess.READ_ONLY);
        server = FakeQmpServer.create()
                .when("query-status")
                .reply("{}")
                .when("query-yank")
                .reply("[]")
                .when("echo")
                .reply(command -> command.arguments())
                .when("getfd")
                .silent()
                .when("add-fd")
                .silent()
                .startUnix();
    }

    @AfterEach
    void nothingLeft() {
        server.close();
        assertEquals(0, OpenFiles.countHere(file));
    }

    private QmpClient client() {
        return QmpClient.create().address(server.address()).name("vm").oob(OobMode.REQUIRE);
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    /** Goes on while a descriptor's command is unanswered. */
    private static void outOfBand(QmpSession session) {
        await(session.execute(QmpCommand.of("query-yank").oob()));
    }

    private List<String> names() {
        return server.received("getfd").stream()
                .map(command -> command.arguments().path("fdname").stringValue())
                .toList();
    }

    private static ReceivedCommand awaitGetFd(FakeConnection connection, String name) {
        return await(connection
                .commands()
                .filter(command ->
                        name.equals(command.arguments().path("fdname").asString("")))
                .next());
    }

    private static <T> T join(CompletableFuture<T> call) {
        return call.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static <E> E failure(Class<E> type, CompletableFuture<?> call) {
        return assertInstanceOf(
                type, assertThrows(CompletionException.class, () -> join(call)).getCause());
    }

    @Test
    @DisplayName("addFd names the set and what QEMU is to remember, if it was told to")
    void options() {
        QmpSession session = await(client().connect());
        var named =
                session.addFd(source, AddFdOptions.toSet(7).opaque("an image")).toFuture();
        FakeConnection connection = server.awaitConnection();
        ReceivedCommand first = connection.awaitCommand("add-fd");
        assertEquals(
                "{\"fdset-id\":7,\"opaque\":\"an image\"}", first.arguments().toString());
        connection.reply(first, "{\"fdset-id\": 7, \"fd\": 11}");
        assertEquals(7, join(named).fdsetId());
        var bare = session.addFd(source).toFuture();
        ReceivedCommand second = await(connection
                .commands()
                .filter(command -> command.name().equals("add-fd"))
                .skip(1)
                .next());
        assertEquals("{}", second.arguments().toString());
        connection.reply(second, "{\"fdset-id\": 0, \"fd\": 12}");
        assertEquals(12, join(bare).fd());
        session.disconnect().block(PATIENCE);
    }

    @Test
    @DisplayName("P28 a space carries the descriptor, just before its command")
    void onTheWire() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        await(session.execute("query-status"));
        var call = session.getFd("a", source).toFuture();
        connection.reply(awaitGetFd(connection, "a"), "{}");
        join(call);
        String sent = new String(connection.receivedBytes(), StandardCharsets.UTF_8);
        String after = sent.substring(sent.indexOf("query-status"));
        assertEquals(
                " {\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"a\"},\"id\":\"#2\"}\n",
                after.substring(after.indexOf('\n') + 1).replaceFirst("#...", "#"));
    }

    @Test
    @DisplayName(
            "P28 one unit at a time, in order, and nothing in band between a descriptor and the reply to its command")
    void oneAtATime() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        var first = session.getFd("a", source).toFuture();
        var second = session.getFd("b", source).toFuture();
        var third = session.sendFd(source).toFuture();
        ReceivedCommand a = awaitGetFd(connection, "a");
        var others = Flux.range(0, 20)
                .flatMap(n -> session.execute("query-status"))
                .collectList()
                .toFuture();
        outOfBand(session);
        assertEquals(List.of("a"), names());
        assertEquals(List.of(), server.received("query-status"));
        assertFalse(second.isDone() || third.isDone());
        connection.reply(a, "{}");
        join(first);
        ReceivedCommand b = awaitGetFd(connection, "b");
        assertFalse(third.isDone());
        connection.reply(b, "{}");
        join(second);
        join(third);
        assertEquals(20, join(others).size());
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    @DisplayName("Cancelled before its turn: nothing is sent, and our copy is closed at once")
    void cancelledBefore() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        var first = session.getFd("a", source).toFuture();
        ReceivedCommand a = awaitGetFd(connection, "a");
        session.getFd("b", source).subscribe().dispose();
        session.sendFd(source).subscribe().dispose();
        outOfBand(session);
        assertEquals(1, OpenFiles.countHere(file));
        connection.reply(a, "{}");
        join(first);
        await(session.execute("query-status"));
        assertEquals(List.of("a"), names());
        assertEquals(0, OpenFiles.countHere(file));
    }

    @Test
    @DisplayName("Cancelled after its turn: the next one waits for the reply all the same")
    void cancelledAfter() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        var first = session.getFd("a", source).subscribe();
        ReceivedCommand a = awaitGetFd(connection, "a");
        first.dispose();
        var second = session.getFd("b", source).toFuture();
        outOfBand(session);
        assertEquals(List.of("a"), names());
        assertEquals(2, OpenFiles.countHere(file));
        connection.reply(a, "{}");
        connection.reply(awaitGetFd(connection, "b"), "{}");
        join(second);
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    @DisplayName("The session ends: each fails with an error of its own that tells whether it was written")
    void sessionEnds() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        var first = session.getFd("a", source).toFuture();
        var second = session.addFd(source).toFuture();
        var third = session.sendFd(source).toFuture();
        awaitGetFd(connection, "a");
        connection.close();
        assertTrue(failure(ExecInterruptedError.class, first).isWritten());
        ExecInterruptedError never = failure(ExecInterruptedError.class, second);
        assertFalse(never.isWritten());
        assertEquals("add-fd", never.command());
        assertTrue(String.valueOf(never.getMessage()).startsWith("[vm] add-fd was never sent"), never::getMessage);
        assertFalse(failure(ExecInterruptedError.class, third).isWritten());
        assertEquals(0, OpenFiles.countHere(file));
        StepVerifier.create(session.getFd("late", source)).verifyError(StateError.class);
        assertEquals(0, OpenFiles.countHere(file));
    }

    @Test
    @DisplayName("commandTimeout counts the waiting; a unit that was written keeps its turn")
    void timeout() {
        Duration limit = Duration.ofMinutes(7);
        QmpSession session = await(client().commandTimeout(limit).connect());
        FakeConnection connection = server.awaitConnection();
        try (HeldTimers timers = new HeldTimers()) {
            var first = session.getFd("a", source).toFuture();
            var second = session.getFd("b", source).toFuture();
            awaitGetFd(connection, "a");
            timers.runOut(limit, 1);
            timers.runOut(limit, 2);
            assertTrue(failure(ExecTimeoutError.class, first).isWritten());
            ExecTimeoutError never = failure(ExecTimeoutError.class, second);
            assertFalse(never.isWritten());
            assertTrue(
                    String.valueOf(never.getMessage()).contains("a command with a descriptor is unanswered: getfd,"),
                    never::getMessage);
        }
        // A copy is closed on the event loop, right behind the error: this has been there, too.
        outOfBand(session);
        assertEquals(1, OpenFiles.countHere(file));
        connection.reply(awaitGetFd(connection, "a"), "{}");
        await(session.execute("query-status"));
        assertEquals(List.of("a"), names());
        assertEquals(0, OpenFiles.countHere(file));
    }

    @Test
    @DisplayName("They count on maxQueued, sendFd too; what is refused leaves nothing open")
    void bounded() {
        QmpSession session = await(client().maxInFlight(1).maxQueued(1).connect());
        FakeConnection connection = server.awaitConnection();
        var first = session.getFd("a", source).toFuture();
        var second = session.sendFd(source).toFuture();
        StepVerifier.create(session.getFd("c", source)).verifyError(CommandQueueFullError.class);
        StepVerifier.create(session.sendFd(source)).verifyError(CommandQueueFullError.class);
        connection.reply(awaitGetFd(connection, "a"), "{}");
        join(first);
        join(second);
        // Both places are free again.
        var third = session.getFd("d", source).toFuture();
        var fourth = session.sendFd(source).toFuture();
        connection.reply(awaitGetFd(connection, "d"), "{}");
        join(third);
        join(fourth);
    }

    @Test
    @DisplayName("A descriptor waits for what is half written, and what is written meanwhile waits for it")
    void betweenMessages() {
        QmpSession session = await(client().maxInFlight(100).connect());
        FakeConnection connection = server.awaitConnection();
        connection.faults().pauseReading();
        connection.emit("PAUSED");
        session.events("PAUSED").next().block(PATIENCE);
        // Long ones do not fit into the socket's buffers.
        String text = "x".repeat(1 << 20);
        var answers = Flux.range(0, 4)
                .flatMap(n -> session.execute("echo", Map.of("n", n, "text", text)), 100)
                .map(reply -> reply.path("n").intValue())
                .collectList()
                .toFuture();
        var passed = session.getFd("a", source).toFuture();
        var behind = Flux.range(4, 40)
                .flatMap(n -> session.execute("echo", Map.of("n", n)), 100)
                .map(reply -> reply.path("n").intValue())
                .collectList()
                .toFuture();
        connection.faults().resume();
        connection.reply(awaitGetFd(connection, "a"), "{}");
        join(passed);
        assertEquals(List.of(0, 1, 2, 3), join(answers));
        assertEquals(40, join(behind).size());
    }

    @Test
    @DisplayName("The socket's buffers are full: descriptors wait until they can be sent, and none is lost")
    void buffersFull() {
        QmpSession session = await(client().maxQueued(5000).connect());
        FakeConnection connection = server.awaitConnection();
        connection.faults().pauseReading();
        connection.emit("PAUSED");
        session.events("PAUSED").next().block(PATIENCE);
        int before = connection.receivedBytes().length;
        var sent = Flux.range(0, 2000)
                .flatMap(n -> session.sendFd(FdSource.ofRaw(0)).thenReturn(n), 2000)
                .collectList()
                .toFuture();
        connection.faults().resume();
        assertEquals(Flux.range(0, 2000).collectList().block(), join(sent));
        await(session.execute("query-status"));
        String carriers = new String(connection.receivedBytes(), StandardCharsets.UTF_8).substring(before);
        long spaces = carriers.chars().takeWhile(c -> c == ' ').count();
        assertTrue(spaces >= 2000, () -> spaces + " bytes");
    }

    @Test
    @DisplayName("disconnect() while a descriptor cannot be sent ends in time, and leaves nothing open")
    void disconnectWhileHeld() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        connection.faults().pauseReading();
        connection.emit("PAUSED");
        session.events("PAUSED").next().block(PATIENCE);
        var large = session.execute("echo", Map.of("text", "x".repeat(4 << 20))).toFuture();
        var passed = session.getFd("a", source).toFuture();
        var behind = session.execute("query-status").toFuture();
        session.disconnect().block(PATIENCE);
        failure(ExecInterruptedError.class, large);
        failure(ExecInterruptedError.class, passed);
        failure(ExecInterruptedError.class, behind);
        assertEquals(0, OpenFiles.countHere(file));
    }

    @Test
    @DisplayName("A connection that is closed while a descriptor cannot be sent ends the session")
    void closedWhileHeld() {
        QmpSession session = await(client().connect());
        FakeConnection connection = server.awaitConnection();
        connection.faults().pauseReading();
        connection.emit("PAUSED");
        session.events("PAUSED").next().block(PATIENCE);
        var large = session.execute("echo", Map.of("text", "x".repeat(4 << 20))).toFuture();
        var passed = session.getFd("a", source).toFuture();
        connection.close();
        failure(ExecInterruptedError.class, large);
        failure(ExecInterruptedError.class, passed);
        assertEquals(0, OpenFiles.countHere(file));
    }

    @Test
    @DisplayName("A reply to add-fd without its numbers hurts that call alone")
    void badReply() {
        try (RunningFakeQmpServer strange = FakeQmpServer.create()
                .when("add-fd")
                .reply("{\"fd\": \"7\"}", "{\"fdset-id\": 5, \"fd\": 6}")
                .startUnix()) {
            QmpSession session =
                    await(QmpClient.create().address(strange.address()).connect());
            StepVerifier.create(session.addFd(source)).verifyError(BadReplyError.class);
            assertEquals(new FdSetInfo(5, 6), await(session.addFd(source)));
        }
    }
}
