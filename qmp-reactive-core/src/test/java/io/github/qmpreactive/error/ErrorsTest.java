package io.github.qmpreactive.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.SessionState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each test sees its error twice: as it was made, and as it comes out of Java's serialisation. The JSON that it carries
 * is not serialised.
 */
class ErrorsTest {

    private static final JsonNode SENT = json("{\"execute\":\"stop\",\"arguments\":{\"a\":[1.5,null,\"\u20ac\"]}}");
    private static final JsonNode RECEIVED = json("{\"return\":18446744073709551615,\"id\":\"#1\"}");
    private static final ErrorResponse RESPONSE = new ErrorResponse("GenericError", "no");

    /** Those that were read from a stream. */
    private static final Set<QmpError> COPIES = Collections.newSetFromMap(new IdentityHashMap<>());

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static Throwable parseFailure() {
        try {
            throw new IllegalStateException(json("{'").toString());
        } catch (JacksonException e) {
            return e;
        }
    }

    @SuppressWarnings("unchecked")
    static <E extends QmpError> Stream<E> andCopy(E error) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(error);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                QmpError copy = (QmpError) in.readObject();
                assertNotSame(error, copy);
                assertSame(error.getClass(), copy.getClass());
                assertEquals(error.getMessage(), copy.getMessage());
                assertEquals(error.getCause() == null, copy.getCause() == null);
                if (error.getCause() != null) {
                    assertSame(error.getCause().getClass(), copy.getCause().getClass());
                }
                COPIES.add(copy);
                return Stream.of(error, (E) copy);
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertJson(JsonNode expected, QmpError error, JsonNode json) {
        assertEquals(COPIES.contains(error) ? null : expected, json);
    }

    static Stream<QmpError> everyError() {
        return Stream.of(
                new BadReplyError("m", SENT, RECEIVED, null),
                new CommandQueueFullError("m", CommandQueueFullError.Limit.MAX_QUEUED, 1, 1024),
                new ConnectError(ConnectError.Reason.OTHER, "m", new IOException("c")),
                new ConnectionLostError(ConnectionLostError.How.RESET, "m", new IOException("c")),
                new DescriptorPassingError(DescriptorPassingError.Reason.TLS, "m", new IOException("c")),
                new DeviceNotFoundError("m", "r", new EncodeError("c", null)),
                new EncodeError("m", null),
                new EventOverflowError("m", 1),
                new ExecInterruptedError("m", "stop", true, new EncodeError("c", null)),
                new ExecTimeoutError("m", "stop", true, Duration.ofSeconds(1)),
                new ExecuteError("m", RESPONSE, SENT, RECEIVED),
                new GreetingError("m", RECEIVED, null),
                new GuestMayBeFrozenError("m", new EncodeError("c", null)),
                new GuestNotFrozenError("m"),
                new GuestProcessLostError("m", 7, new EncodeError("c", null)),
                new GuestProcessNotFoundError("m", 7, new ExecuteError("c", RESPONSE, SENT, RECEIVED)),
                new GuestStillRunningError("m", 7, Duration.ofSeconds(1)),
                new JobCancelledError("m", "j0"),
                new JobFailedError("m", "j0", "mirror", "full"),
                new JobNotFoundError("m", "j0", new EncodeError("c", null)),
                new MalformedMessageError("m", "x", parseFailure()),
                new MessageTooLargeError("m", 1, true),
                new MigrationCancelledError("m", "running"),
                new MigrationFailedError("m", "broken", "running", "failed", new EncodeError("c", null)),
                new MigrationNotFoundError("m"),
                new MigrationPostcopyError("m"),
                new NegotiationError("m", RECEIVED, RESPONSE, null),
                new ResultTypeError("m", RECEIVED, parseFailure()),
                new ServerParseError("m", RESPONSE, RECEIVED),
                new StateError("m", SessionState.DISCONNECTED, SessionState.RUNNING),
                new StillPluggedError("m", "r", Duration.ofSeconds(1), new EncodeError("c", null)),
                new UnplugRefusedError("m", "r", "busy"));
    }

    @ParameterizedTest(name = "error {index}")
    @MethodSource("everyError")
    @DisplayName("Every error is a QmpError with its message and cause, and can be serialised")
    void serialisable(QmpError error) {
        assertEquals("m", error.getMessage());
        assertEquals(2, andCopy(error).count());
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @CsvSource({
        "BadReplyError, false, false",
        "CommandQueueFullError, false, false",
        "ConnectError, true, false",
        "ConnectionLostError, true, true",
        "DescriptorPassingError, false, false",
        "EncodeError, false, false",
        "EventOverflowError, false, false",
        "ExecInterruptedError, true, true",
        "ExecTimeoutError, false, false",
        "ExecuteError, false, false",
        "GreetingError, true, false",
        "DeviceNotFoundError, false, false",
        "GuestMayBeFrozenError, false, false",
        "GuestNotFrozenError, false, false",
        "GuestProcessLostError, false, false",
        "GuestProcessNotFoundError, false, false",
        "GuestStillRunningError, false, false",
        "JobCancelledError, false, false",
        "JobFailedError, false, false",
        "JobNotFoundError, false, false",
        "MalformedMessageError, true, false",
        "MessageTooLargeError, true, false",
        "MigrationCancelledError, false, false",
        "MigrationFailedError, false, false",
        "MigrationNotFoundError, false, false",
        "MigrationPostcopyError, false, false",
        "NegotiationError, true, false",
        "ResultTypeError, false, false",
        "ServerParseError, true, true",
        "StateError, true, true",
        "StillPluggedError, false, false",
        "UnplugRefusedError, false, false"
    })
    @DisplayName("Every error says whether the session is over, and whether connecting again may help")
    void whatNext(String name, boolean endsSession, boolean isTemporary) {
        QmpError error = everyError()
                .filter(one -> one.getClass().getSimpleName().equals(name))
                .findFirst()
                .orElseThrow();
        assertEquals(endsSession, error.endsSession());
        assertEquals(isTemporary, error.isTemporary());
    }

    @Test
    @DisplayName("The error of a job has its id, and of one that failed its kind and the reason, in a copy too")
    void job() {
        everyError()
                .filter(JobError.class::isInstance)
                .flatMap(ErrorsTest::andCopy)
                .forEach(error -> assertEquals("j0", ((JobError) error).job()));
        andCopy(new JobFailedError("m", "j0", "mirror", "full")).forEach(error -> {
            assertEquals("mirror", error.type());
            assertEquals("full", error.reason());
        });
    }

    @Test
    @DisplayName("The reply to one command that is too large ends no session")
    void largeReply() {
        assertFalse(new MessageTooLargeError("m", 1, false).endsSession());
    }

    @Test
    @DisplayName("Errors of the protocol are ProtocolErrors, the others are not")
    void hierarchy() {
        assertEquals(
                6, everyError().filter(error -> error instanceof ProtocolError).count());
        assertEquals(32, everyError().map(Object::getClass).distinct().count());
    }

    @Test
    @DisplayName("C31 a BadReplyError carries both messages")
    void badReply() {
        andCopy(new BadReplyError("m", SENT, RECEIVED, null)).forEach(error -> {
            assertJson(SENT, error, error.sent());
            assertJson(RECEIVED, error, error.received());
            assertNull(error.getCause());
        });
    }

    @Test
    @DisplayName("C29 an ExecuteError carries the server's words and both messages")
    void execute() {
        andCopy(new ExecuteError("m", RESPONSE, SENT, RECEIVED)).forEach(error -> {
            assertEquals(RESPONSE, error.response());
            assertEquals("GenericError", error.errorClass());
            assertEquals("no", error.description());
            assertJson(SENT, error, error.sent());
            assertJson(RECEIVED, error, error.received());
            assertNull(error.getCause());
        });
    }

    @Test
    @DisplayName("An ExecInterruptedError carries the command, whether it was written, and how the session ended")
    void interrupted() {
        QmpError end = new ConnectionLostError(ConnectionLostError.How.END_OF_FILE, "end", null);
        andCopy(new ExecInterruptedError("m", "stop", true, end)).forEach(error -> {
            assertEquals("stop", error.command());
            assertTrue(error.isWritten());
            assertEquals(
                    ConnectionLostError.How.END_OF_FILE,
                    assertInstanceOf(ConnectionLostError.class, error.getCause())
                            .how());
        });
        andCopy(new ExecInterruptedError("m", "stop", false, end)).forEach(error -> assertFalse(error.isWritten()));
    }

    @Test
    @DisplayName("An ExecTimeoutError carries the command, whether it was written, and the time")
    void timeout() {
        andCopy(new ExecTimeoutError("m", "stop", true, Duration.ofMillis(1500)))
                .forEach(error -> {
                    assertEquals("stop", error.command());
                    assertTrue(error.isWritten());
                    assertEquals(Duration.ofMillis(1500), error.timeout());
                });
        andCopy(new ExecTimeoutError("m", "stop", false, Duration.ZERO))
                .forEach(error -> assertFalse(error.isWritten()));
    }

    @Test
    @DisplayName("C9 C17 the errors of the handshake carry what was received, if anything")
    void handshake() {
        andCopy(new GreetingError("m", RECEIVED, null)).forEach(error -> assertJson(RECEIVED, error, error.received()));
        andCopy(new GreetingError("m", null, null)).forEach(error -> assertNull(error.received()));
        andCopy(new NegotiationError("m", RECEIVED, RESPONSE, null)).forEach(error -> {
            assertJson(RECEIVED, error, error.received());
            assertEquals(RESPONSE, error.response());
        });
        andCopy(new NegotiationError("m", null, null, new IOException())).forEach(error -> {
            assertNull(error.received());
            assertNull(error.response());
        });
    }

    @Test
    @DisplayName("C30 a ServerParseError carries the server's words, where they can be read, and the message")
    void serverParse() {
        andCopy(new ServerParseError("m", RESPONSE, RECEIVED)).forEach(error -> {
            assertEquals(RESPONSE, error.response());
            assertJson(RECEIVED, error, error.received());
        });
        andCopy(new ServerParseError("m", null, RECEIVED)).forEach(error -> assertNull(error.response()));
    }

    @Test
    @DisplayName("C8 C47 what could not be read is carried as an excerpt, what was too large as the limit")
    void unreadable() {
        andCopy(new MalformedMessageError("m", "hello", parseFailure())).forEach(error -> {
            assertEquals("hello", error.excerpt());
            assertInstanceOf(JacksonException.class, error.getCause());
        });
        andCopy(new MessageTooLargeError("m", 64, true)).forEach(error -> assertEquals(64, error.limit()));
    }

    @Test
    @DisplayName("A ResultTypeError carries the result")
    void resultType() {
        for (String result : new String[] {"{\"a\":1}", "[]", "0", "\"\"", "false", "null"}) {
            andCopy(new ResultTypeError("m", json(result), parseFailure())).forEach(error -> {
                assertJson(json(result), error, error.result());
                assertNotNull(error.getCause());
            });
        }
    }

    @Test
    @DisplayName("A StateError carries both states, and errors of limits carry the limit")
    void statesAndLimits() {
        andCopy(new StateError("m", SessionState.DISCONNECTING, SessionState.RUNNING))
                .forEach(error -> {
                    assertEquals(SessionState.DISCONNECTING, error.state());
                    assertEquals(SessionState.RUNNING, error.required());
                });
        andCopy(new CommandQueueFullError("m", CommandQueueFullError.Limit.MAX_QUEUED_BYTES, 10, 1024))
                .forEach(error -> {
                    assertEquals(CommandQueueFullError.Limit.MAX_QUEUED_BYTES, error.limit());
                    assertEquals(10, error.maxQueued());
                    assertEquals(1024, error.maxQueuedBytes());
                });
        andCopy(new EventOverflowError("m", 256)).forEach(error -> assertEquals(256, error.bufferSize()));
    }

    @ParameterizedTest
    @EnumSource(ConnectionLostError.How.class)
    @DisplayName("A ConnectionLostError says how the connection ended")
    void connectionLost(ConnectionLostError.How how) {
        andCopy(new ConnectionLostError(how, "m", null)).forEach(error -> assertSame(how, error.how()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "NOT_FOUND, true",
        "REFUSED, true",
        "ADDRESS_IN_USE, true",
        "NOT_PERMITTED, false",
        "PATH_TOO_LONG, false",
        "UNKNOWN_HOST, false",
        "UNREACHABLE, true",
        "CONNECT_TIMEOUT, true",
        "NO_GREETING, true",
        "NO_NEGOTIATION_REPLY, true",
        "NO_SYNC_REPLY, true",
        "SYNC_REFUSED, false",
        "TLS, false",
        "CLOSED, true",
        "OTHER, false"
    })
    @DisplayName("A ConnectError says why, and whether trying again may help")
    void connect(ConnectError.Reason reason, boolean temporary) {
        andCopy(new ConnectError(reason, "m", null)).forEach(error -> assertSame(reason, error.reason()));
        assertEquals(temporary, reason.isTemporary());
        assertEquals(temporary, new ConnectError(reason, "m", null).isTemporary());
    }

    @Test
    @DisplayName("No reason of a ConnectError is left out of the table above")
    void everyReason() {
        assertEquals(15, ConnectError.Reason.values().length);
    }
}
