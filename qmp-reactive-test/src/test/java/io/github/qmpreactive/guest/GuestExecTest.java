package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.DONE;
import static io.github.qmpreactive.guest.FakeGuests.RUNNING;
import static io.github.qmpreactive.guest.FakeGuests.STATUS;
import static io.github.qmpreactive.guest.FakeGuests.agent;
import static io.github.qmpreactive.guest.FakeGuests.base64;
import static io.github.qmpreactive.guest.FakeGuests.connect;
import static io.github.qmpreactive.guest.FakeGuests.executing;
import static io.github.qmpreactive.guest.FakeGuests.guest;
import static io.github.qmpreactive.guest.FakeGuests.names;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestProcessLostError;
import io.github.qmpreactive.error.GuestProcessNotFoundError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A program in the guest")
class GuestExecTest {

    private static final GuestCommand TRUE = GuestCommand.of("true");

    private static GuestResult resultOf(String status) {
        try (RunningFakeQmpServer server = executing(Answer.reply(status)).startUnix()) {
            return Objects.requireNonNull(guest(server).exec(TRUE).block(Patience.PATIENCE));
        }
    }

    @Test
    @DisplayName("is sent with its arguments, its environment, its input and what is to be kept of its output")
    void sent() {
        GuestCommand command = GuestCommand.of("/bin/sh", "-c", "exit")
                .environment(Map.of("LANG", "C"))
                .input("hello".getBytes(StandardCharsets.UTF_8))
                .capture(GuestCapture.MERGED);
        try (RunningFakeQmpServer server = executing(Answer.reply(DONE)).startUnix()) {
            QgaGuest guest = guest(server);
            Mono<GuestResult> exec = guest.exec(command);
            assertEquals(List.of(), names(server));
            StepVerifier.create(exec).expectNextCount(1).verifyComplete();
            StepVerifier.create(guest.exec(TRUE)).expectNextCount(1).verifyComplete();
            StepVerifier.create(guest.exec(TRUE.capture(GuestCapture.NONE)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertEquals(
                    List.of(
                            "{\"path\":\"/bin/sh\",\"arg\":[\"-c\",\"exit\"],\"capture-output\":\"merged\","
                                    + "\"env\":[\"LANG=C\"],\"input-data\":\"aGVsbG8=\"}",
                            "{\"path\":\"true\",\"arg\":[],\"capture-output\":true}",
                            "{\"path\":\"true\",\"arg\":[],\"capture-output\":false}"),
                    server.received("guest-exec").stream()
                            .map(received -> received.arguments().toString())
                            .toList());
            assertEquals(
                    "{\"pid\":7}", server.received(STATUS).get(0).arguments().toString());
        }
    }

    @Test
    @DisplayName("has an exit code and both outputs")
    void exitCode() {
        GuestResult result = resultOf("{\"exited\": true, \"exitcode\": 3, \"out-data\": \"" + base64("out\n")
                + "\", \"out-truncated\": false, \"err-data\": \"" + base64("err\n") + "\", \"err-truncated\": true}");
        assertEquals(OptionalInt.of(3), result.exitCode());
        assertEquals(OptionalInt.empty(), result.signal());
        assertFalse(result.isSuccess());
        assertEquals("out\n", result.outputText());
        assertEquals("err\n", result.errorText());
        assertFalse(result.isOutputTruncated());
        assertTrue(result.isErrorOutputTruncated());
    }

    @Test
    @DisplayName("that prints nothing has empty outputs, and with exit code 0 is a success")
    void noOutput() {
        GuestResult result = resultOf(DONE);
        assertTrue(result.isSuccess());
        assertEquals(0, result.output().length);
        assertEquals(0, result.errorOutput().length);
        assertFalse(result.isOutputTruncated());
    }

    @Test
    @DisplayName("that a signal has ended has no exit code, and is no success")
    void signal() {
        GuestResult result = resultOf("{\"exited\": true, \"signal\": 9}");
        assertEquals(OptionalInt.of(9), result.signal());
        assertEquals(OptionalInt.empty(), result.exitCode());
        assertFalse(result.isSuccess());
    }

    @Test
    @DisplayName("that the agent cannot start is an ExecuteError, and its status is not asked for")
    void notStarted() {
        String words = "Failed to execute child process “/nonexistent” (No such file or directory)";
        try (RunningFakeQmpServer server =
                agent().when("guest-exec").error("GenericError", words).startUnix()) {
            StepVerifier.create(guest(server).exec(GuestCommand.of("/nonexistent")))
                    .verifyErrorSatisfies(e -> assertEquals(
                            words, assertInstanceOf(ExecuteError.class, e).description()));
            assertEquals(List.of("guest-exec"), names(server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Invalid parameter 'pid'", "PID ld does not exist"})
    @DisplayName("that the agent does not know any more may still run, and the error has its id")
    void notFound(String words) {
        try (RunningFakeQmpServer server =
                executing(Answer.error("GenericError", words)).startUnix()) {
            StepVerifier.create(guest(server).exec(TRUE)).verifyErrorSatisfies(e -> {
                GuestProcessNotFoundError error = assertInstanceOf(GuestProcessNotFoundError.class, e);
                assertEquals(7, error.pid());
                assertTrue(
                        error.getMessage().contains(words) && error.getMessage().contains("may still run"));
                assertInstanceOf(ExecuteError.class, error.getCause());
                assertFalse(error.endsSession());
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"pid\": \"7\"}", "{\"pid\": 18446744073709551615}"})
    @DisplayName("whose id cannot be read is a BadReplyError that does not tell the arguments")
    void badPid(String reply) {
        try (RunningFakeQmpServer server =
                agent().when("guest-exec").reply(reply).startUnix()) {
            StepVerifier.create(guest(server).exec(GuestCommand.of("login", "aHVudGVyMg==")))
                    .verifyErrorSatisfies(e -> assertFalse(assertInstanceOf(BadReplyError.class, e)
                            .sent()
                            .toString()
                            .contains("aHVudGVyMg")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1]",
                "{\"exited\": \"true\"}",
                "{\"exited\": true, \"exitcode\": \"0\"}",
                "{\"exited\": true, \"exitcode\": 4294967296}",
                "{\"exited\": true, \"exitcode\": 0, \"out-data\": 5}",
                "{\"exited\": true, \"exitcode\": 0, \"out-data\": \"%\"}",
                "{\"exited\": true, \"exitcode\": 0, \"err-truncated\": 1}"
            })
    @DisplayName("whose status cannot be read is lost, and the error has its id")
    void badStatus(String reply) {
        try (RunningFakeQmpServer server = executing(Answer.reply(reply)).startUnix()) {
            StepVerifier.create(guest(server).exec(TRUE)).verifyErrorSatisfies(e -> {
                GuestProcessLostError error = assertInstanceOf(GuestProcessLostError.class, e);
                assertEquals(7, error.pid());
                assertInstanceOf(BadReplyError.class, error.getCause());
            });
        }
    }

    @Test
    @DisplayName("that was started has its result for each subscriber, though the agent hands it out once")
    void shared() {
        try (RunningFakeQmpServer server = executing(Answer.reply(DONE)).startUnix()) {
            GuestProcess process =
                    Objects.requireNonNull(guest(server).start(TRUE).block(Patience.PATIENCE));
            GuestResult first = Objects.requireNonNull(process.result().block(Patience.PATIENCE));
            GuestResult second = Objects.requireNonNull(process.result().block(Patience.PATIENCE));
            assertEquals(first.exitCode(), second.exitCode());
            assertSame(first.output().length, second.output().length);
            assertEquals(List.of("guest-exec", STATUS), names(server));
        }
    }

    @Test
    @DisplayName("cancelled while its status is asked for: the answer is awaited, and its result is not lost")
    void cancelledQuery() {
        try (RunningFakeQmpServer server = agent().when("guest-exec")
                .reply("{\"pid\": 7}")
                .when(STATUS)
                .silent()
                .startUnix()) {
            QgaSession session = connect(server);
            GuestProcess process =
                    Objects.requireNonNull(QgaGuest.of(session).start(TRUE).block(Patience.PATIENCE));
            StepVerifier.create(process.result())
                    .then(() -> server.awaitCommand(STATUS))
                    .thenCancel()
                    .verify();
            server.awaitConnection().reply(server.received(STATUS).get(0), "{\"exited\": true, \"exitcode\": 5}");
            StepVerifier.create(process.result())
                    .assertNext(result -> assertEquals(OptionalInt.of(5), result.exitCode()))
                    .verifyComplete();
            FakeGuests.roundTrip(session);
            assertEquals(1, server.received(STATUS).size());
            // It was not given up, so the session has not synchronised again.
            assertEquals(1, server.received("guest-sync-delimited").size());
        }
    }

    @Test
    @DisplayName("followed by its id on the next session is the same process")
    void byPid() {
        try (RunningFakeQmpServer server =
                executing(Answer.reply(RUNNING).thenClose(), Answer.reply(DONE)).startUnix()) {
            StepVerifier.create(guest(server).exec(TRUE)).verifyError(GuestProcessLostError.class);
            StepVerifier.create(guest(server).process(7).result())
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("without a name, and limits of no time, are refused; texts for people hide arguments")
    void arguments() {
        assertThrows(IllegalArgumentException.class, () -> GuestCommand.of(" "));
        assertEquals("GuestCommand[login]", GuestCommand.of("login", "secret").toString());
        try (RunningFakeQmpServer server = agent().startUnix()) {
            QgaGuest guest = guest(server);
            assertThrows(IllegalArgumentException.class, () -> guest.exec(TRUE, Duration.ZERO));
            assertThrows(IllegalArgumentException.class, () -> guest.process(1).result(Duration.ZERO));
        }
    }
}
