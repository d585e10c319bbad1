package io.github.qmpreactive.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.SessionState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@DisplayName("An error for a span")
class PlainErrorsTest {

    private static final String SECRET = "hunter2";
    private static final ObjectNode MESSAGE =
            JsonNodeFactory.instance.objectNode().put("password", SECRET);

    private static Stream<Throwable> ofCommands() {
        return Stream.of(
                new ExecuteError(SECRET, new ErrorResponse(SECRET, SECRET), MESSAGE, MESSAGE),
                new ExecTimeoutError(SECRET, SECRET, true, Duration.ofSeconds(1)),
                new ExecTimeoutError(SECRET, SECRET, false, Duration.ofSeconds(1)),
                new BadReplyError(SECRET, MESSAGE, MESSAGE, new IOException(SECRET)),
                new MessageTooLargeError(SECRET, 1, false),
                new CommandQueueFullError(SECRET, CommandQueueFullError.Limit.MAX_QUEUED, 1, 1),
                new StateError(SECRET, SessionState.DISCONNECTED, SessionState.RUNNING),
                new EncodeError(SECRET, new IOException(SECRET)));
    }

    private static Stream<QmpError> ends() {
        return Stream.of(
                new ConnectionLostError(How.CLOSED_LOCALLY, SECRET, new IOException(SECRET)),
                new MessageTooLargeError(SECRET, 1, true),
                new StateError(SECRET, SessionState.DISCONNECTED, SessionState.RUNNING),
                new MalformedMessageError(SECRET, SECRET, new IOException(SECRET)));
    }

    private static String text(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("ofCommands")
    @DisplayName(
            "is of the same class, names the command, and has no words of the error, its cause or what it suppressed")
    void ofCommand(Throwable error) {
        error.addSuppressed(new IOException(SECRET));
        Throwable plain = PlainErrors.of("stop", error);
        assertEquals(error.getClass(), plain.getClass());
        assertFalse(text(plain).contains(SECRET), () -> text(plain));
        assertTrue(text(plain).contains("stop"), () -> text(plain));
    }

    @ParameterizedTest
    @MethodSource("ends")
    @DisplayName("of a session that has ended has none of the words of what ended it")
    void ofInterrupted(QmpError cause) {
        Throwable plain = PlainErrors.of("stop", new ExecInterruptedError(SECRET, SECRET, true, cause));
        assertEquals(ExecInterruptedError.class, plain.getClass());
        assertFalse(text(plain).contains(SECRET), () -> text(plain));
    }

    @ParameterizedTest
    @MethodSource("ends")
    @DisplayName("of an opening has none of the words of what failed it")
    void ofOpening(QmpError cause) {
        Throwable plain = PlainErrors.ofOpening(new ConnectError(ConnectError.Reason.REFUSED, SECRET, cause));
        assertEquals("No session was opened: ConnectError, REFUSED", plain.getMessage());
        assertFalse(text(plain).contains(SECRET), () -> text(plain));
        assertFalse(text(PlainErrors.ofOpening(cause)).contains(SECRET));
    }
}
