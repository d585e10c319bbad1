package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.agent;
import static io.github.qmpreactive.guest.FakeGuests.base64;
import static io.github.qmpreactive.guest.FakeGuests.connect;
import static io.github.qmpreactive.guest.FakeGuests.guest;
import static io.github.qmpreactive.guest.FakeGuests.names;
import static io.github.qmpreactive.guest.FakeGuests.roundTrip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

@ExtendWith(LeakGuard.class)
@DisplayName("A file of the guest")
class GuestFileTest {

    static final String OPEN = "guest-file-open";
    static final String READ = "guest-file-read";
    static final String WRITE = "guest-file-write";
    static final String CLOSE = "guest-file-close";

    static final GuestFileOptions SMALL = GuestFileOptions.defaults().chunk(4);

    static FakeQmpServer opening() {
        return agent().when(OPEN).reply("1000").when(CLOSE).reply("{}");
    }

    static Answer chunk(String text, boolean eof) {
        return Answer.reply(
                "{\"count\": " + text.length() + ", \"buf-b64\": \"" + base64(text) + "\", \"eof\": " + eof + "}");
    }

    /** Writes all that it is given. */
    static FakeQmpServer writing() {
        return opening().when(WRITE).reply(GuestFileTest::allWritten);
    }

    private static JsonNode allWritten(ReceivedCommand command) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("count", decoded(command).length())
                .put("eof", false);
    }

    private static String decoded(ReceivedCommand command) {
        return new String(
                Base64.getDecoder().decode(command.arguments().path("buf-b64").asString("")), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Flux<String> texts(Flux<byte[]> chunks) {
        return chunks.map(chunk -> new String(chunk, StandardCharsets.UTF_8));
    }

    /** All that is sent comes to the fake: the file is closed even if its subscriber has gone. */
    static void assertClosed(RunningFakeQmpServer server) {
        ReceivedCommand close = server.awaitCommand(CLOSE);
        assertEquals("{\"handle\":1000}", close.arguments().toString());
        assertEquals(1, server.received(CLOSE).size());
    }

    @Test
    @DisplayName("is read to an end that comes with bytes, and closed")
    void endWithBytes() {
        try (RunningFakeQmpServer server = opening()
                .when(READ)
                .answer(chunk("abcd", false), chunk("ef", true))
                .startUnix()) {
            Flux<byte[]> read = guest(server).readFile("/etc/hosts", SMALL);
            assertEquals(List.of(), names(server));
            StepVerifier.create(texts(read)).expectNext("abcd", "ef").verifyComplete();
            assertEquals(List.of(OPEN, READ, READ, CLOSE), names(server));
            assertEquals(
                    "{\"path\":\"/etc/hosts\",\"mode\":\"r\"}",
                    sorted(server.received(OPEN).get(0)));
            assertEquals(
                    4, server.received(READ).get(0).arguments().path("count").intValue());
            assertClosed(server);
        }
    }

    /** The members of the map have no order. */
    private static String sorted(ReceivedCommand open) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("path", open.arguments().path("path").asString(""))
                .put("mode", open.arguments().path("mode").asString(""))
                .toString();
    }

    @Test
    @DisplayName("is read to an end that comes alone: no empty chunk is emitted; an empty file emits nothing")
    void endAlone() {
        try (RunningFakeQmpServer server = opening()
                .when(READ)
                .answer(chunk("abcd", false), chunk("", true), chunk("", true))
                .startUnix()) {
            QgaGuest guest = guest(server);
            StepVerifier.create(texts(guest.readFile("f", SMALL)))
                    .expectNext("abcd")
                    .verifyComplete();
            StepVerifier.create(guest.readFile("f", SMALL)).verifyComplete();
            assertEquals(2, server.received(CLOSE).size());
        }
    }

    @Test
    @DisplayName("is read once for each chunk that is requested, and never ahead")
    void onDemand() {
        try (RunningFakeQmpServer server =
                opening().when(READ).answer(chunk("abcd", false)).startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(texts(QgaGuest.of(session).readFile("f", SMALL)), 0)
                    .then(() -> server.awaitCommand(OPEN))
                    .then(() -> roundTrip(session))
                    .then(() -> roundTrip(session))
                    .then(() -> assertEquals(List.of(), server.received(READ)))
                    .thenRequest(1)
                    .expectNext("abcd")
                    .then(() -> roundTrip(session))
                    .then(() -> assertEquals(1, server.received(READ).size()))
                    .thenRequest(2)
                    .expectNext("abcd", "abcd")
                    .then(() -> roundTrip(session))
                    .then(() -> assertEquals(3, server.received(READ).size()))
                    .thenCancel()
                    .verify();
            assertClosed(server);
        }
    }

    @Test
    @DisplayName("is closed if its subscriber cancels: while a chunk is read, and before it is opened")
    void cancelled() {
        for (String silent : List.of(READ, OPEN)) {
            try (RunningFakeQmpServer server =
                    opening().when(READ).silent().when(OPEN).reply("1000").startUnix()) {
                QgaSession session = connect(server);
                FakeConnection connection = server.awaitConnection();
                if (silent.equals(OPEN)) {
                    server.when(OPEN).silent();
                }
                StepVerifier.create(QgaGuest.of(session).readFile("f"))
                        .then(() -> server.awaitCommand(silent))
                        .thenCancel()
                        .verify();
                if (silent.equals(OPEN)) {
                    connection.reply(server.received(OPEN).get(0), "1000");
                }
                assertClosed(server);
                roundTrip(session);
                assertEquals(silent.equals(OPEN) ? 0 : 1, server.received(READ).size());
            }
        }
    }

    @Test
    @DisplayName("that cannot be opened is an ExecuteError, and nothing is closed")
    void cannotOpen() {
        try (RunningFakeQmpServer server = agent().when(OPEN)
                .error("GenericError", "failed to open file '/nope' (mode: 'r'): No such file or directory")
                .startUnix()) {
            QgaGuest guest = guest(server);
            StepVerifier.create(guest.readFile("/nope")).verifyError(ExecuteError.class);
            TestPublisher<byte[]> content = TestPublisher.create();
            StepVerifier.create(guest.writeFile("/nope", content)).verifyError(ExecuteError.class);
            content.assertWasNotSubscribed();
            assertEquals(List.of(OPEN, OPEN), names(server));
        }
    }

    @Test
    @DisplayName("that cannot be read is closed, and the error is that of reading, also if closing fails")
    void cannotRead() {
        for (Answer closing : List.of(Answer.reply("{}"), Answer.error("GenericError", "handle has not been found"))) {
            try (RunningFakeQmpServer server = opening()
                    .when(READ)
                    .error("GenericError", "failed to read file: Is a directory")
                    .when(CLOSE)
                    .answer(closing)
                    .startUnix()) {
                StepVerifier.create(guest(server).readFile("/etc"))
                        .verifyErrorSatisfies(e -> assertEquals(
                                READ, assertInstanceOf(ExecuteError.class, e).command()));
                assertClosed(server);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"count\": 3, \"buf-b64\": \"YWJj\"}",
                "{\"count\": 4, \"buf-b64\": \"YWJj\", \"eof\": false}",
                "{\"count\": 3, \"buf-b64\": \"?\", \"eof\": false}",
                "{\"count\": 0, \"buf-b64\": \"\", \"eof\": false}",
                "{\"count\": 6, \"buf-b64\": \"YWJjYWJj\", \"eof\": false}",
                "{\"count\": -1, \"buf-b64\": \"\", \"eof\": true}"
            })
    @DisplayName("is closed if what was read cannot be used: neither bytes nor an end, or more than was asked for")
    void badChunk(String reply) {
        try (RunningFakeQmpServer server = opening().when(READ).reply(reply).startUnix()) {
            StepVerifier.create(guest(server).readFile("f", SMALL)).verifyError(BadReplyError.class);
            assertClosed(server);
        }
    }

    @Test
    @DisplayName("ends with its session at each step, with the error of the command that was sent")
    void lost() {
        Answer gone = Answer.text("").thenClose();
        for (String step : List.of(OPEN, READ, WRITE)) {
            try (RunningFakeQmpServer server = opening().startUnix()) {
                QgaGuest guest = guest(server);
                server.when(step).answer(gone);
                StepVerifier.create(
                                step.equals(READ)
                                        ? guest.readFile("f")
                                        : guest.writeFile("f", Flux.just(bytes("a")))
                                                .flux()
                                                .map(n -> bytes("")))
                        .verifyErrorSatisfies(e -> assertEquals(
                                step,
                                assertInstanceOf(ExecInterruptedError.class, e).command()));
            }
        }
    }

    @Test
    @DisplayName("whose session ends while it is closed was read; but what was written need not be there")
    void lostAtClose() {
        Answer gone = Answer.text("").thenClose();
        try (RunningFakeQmpServer server =
                writing().when(READ).answer(chunk("", true)).startUnix()) {
            server.when(CLOSE).answer(gone);
            StepVerifier.create(guest(server).readFile("f")).verifyComplete();
            StepVerifier.create(guest(server).writeFile("f", Flux.just(bytes("a"))))
                    .verifyError(ExecInterruptedError.class);
        }
    }

    @Test
    @DisplayName("is written in chunks, those that are too large divided; its bytes are counted; then it is closed")
    void written() {
        try (RunningFakeQmpServer server = writing().startUnix()) {
            QgaGuest guest = guest(server);
            StepVerifier.create(guest.writeFile("f", Flux.just(bytes("abcdefghij"), bytes(""), bytes("k")), SMALL))
                    .expectNext(11L)
                    .verifyComplete();
            assertEquals(
                    List.of("abcd", "efgh", "ij", "k"),
                    server.received(WRITE).stream().map(GuestFileTest::decoded).toList());
            assertEquals(
                    "w", server.received(OPEN).get(0).arguments().path("mode").asString(""));
            assertClosed(server);
            StepVerifier.create(guest.writeFile("f", Flux.empty(), SMALL.append()))
                    .expectNext(0L)
                    .verifyComplete();
            assertEquals(
                    "a", server.received(OPEN).get(1).arguments().path("mode").asString(""));
        }
    }

    @Test
    @DisplayName("of which the agent writes less than it was given gets the rest with the next command")
    void partlyWritten() {
        try (RunningFakeQmpServer server = opening()
                .when(WRITE)
                .reply(
                        "{\"count\": 3, \"eof\": false}",
                        "{\"count\": 1, \"eof\": false}",
                        "{\"count\": 2, \"eof\": false}")
                .startUnix()) {
            StepVerifier.create(guest(server).writeFile("f", Flux.just(bytes("abcdef"))))
                    .expectNext(6L)
                    .verifyComplete();
            assertEquals(
                    List.of("abcdef", "def", "ef"),
                    server.received(WRITE).stream().map(GuestFileTest::decoded).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"count\": 0, \"eof\": false}", "{\"count\": 2, \"eof\": false}"})
    @DisplayName("of which the agent tells to have written nothing, or too much, is closed, and the content cancelled")
    void badCount(String reply) {
        TestPublisher<byte[]> content = TestPublisher.create();
        try (RunningFakeQmpServer server = opening().when(WRITE).reply(reply).startUnix()) {
            StepVerifier.create(guest(server).writeFile("f", content))
                    .then(() -> Patience.until(content::wasRequested, () -> "the content was not requested"))
                    .then(() -> content.next(bytes("a")))
                    .verifyError(BadReplyError.class);
            content.assertCancelled();
            assertClosed(server);
        }
    }

    @Test
    @DisplayName("whose content errors is closed, and the error is that of the content")
    void contentFails() {
        try (RunningFakeQmpServer server = writing().startUnix()) {
            Flux<byte[]> content = Flux.just(bytes("a")).concatWith(Flux.error(new IllegalStateException("no more")));
            StepVerifier.create(guest(server).writeFile("f", content)).verifyErrorMessage("no more");
            assertEquals(List.of(OPEN, WRITE, CLOSE), names(server));
        }
    }

    @Test
    @DisplayName("that cannot be closed may lack what was written: that is an error")
    void cannotClose() {
        try (RunningFakeQmpServer server = writing()
                .when(CLOSE)
                .error("GenericError", "failed to close handle: No space left on device")
                .startUnix()) {
            StepVerifier.create(guest(server).writeFile("f", Flux.just(bytes("a"))))
                    .verifyErrorSatisfies(e -> assertEquals(
                            CLOSE, assertInstanceOf(ExecuteError.class, e).command()));
            assertClosed(server);
        }
    }

    @Test
    @DisplayName("is closed if writing is cancelled, between two chunks and within one, and the content is cancelled")
    void writeCancelled() {
        for (boolean within : new boolean[] {false, true}) {
            TestPublisher<byte[]> content = TestPublisher.create();
            try (RunningFakeQmpServer server = opening().when(WRITE).silent().startUnix()) {
                Disposable write = guest(server).writeFile("f", content).subscribe();
                Patience.until(content::wasRequested, () -> "the content was not requested");
                if (within) {
                    content.next(bytes("a"));
                    server.awaitCommand(WRITE);
                }
                write.dispose();
                content.assertCancelled();
                assertClosed(server);
            }
        }
    }

    @Test
    @DisplayName("is read in chunks of 192 KiB by default; sizes that no agent takes are refused")
    void chunkSizes() {
        assertEquals(192 * 1024, GuestFileOptions.defaults().chunk());
        assertTrue(SMALL.append().isAppending());
        assertEquals(4, SMALL.append().chunk());
        for (int size : new int[] {0, -1, 16 * 1024 * 1024 + 1}) {
            assertThrows(IllegalArgumentException.class, () -> SMALL.chunk(size));
        }
    }
}
