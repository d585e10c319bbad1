package io.github.qmpreactive.test.verify;

import static io.github.qmpreactive.test.verify.Failures.assertFails;
import static io.github.qmpreactive.test.verify.Failures.assertSays;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

@DisplayName("Steps for a reply")
class ReplyStepsTest {

    private record Status(String status, boolean running) {}

    private static final JsonNode STATUS = JsonText.read("{\"status\": \"running\", \"running\": true, \"n\": [1, 2]}");
    private static final ConnectionLostError LOST =
            new ConnectionLostError(How.END_OF_FILE, "[vm] the server closed the connection", null);

    private static Mono<JsonNode> refused(String errorClass, String description) {
        return Mono.error(new ExecuteError(
                "[vm] query-status failed",
                new ErrorResponse(errorClass, description),
                JsonText.read("{}"),
                JsonText.read("{}")));
    }

    private static Mono<JsonNode> interrupted(boolean written) {
        return Mono.error(new ExecInterruptedError("[vm] stop was interrupted", "stop", written, LOST));
    }

    private static ReplySteps status() {
        return QmpVerifier.create(Mono.just(STATUS));
    }

    @Nested
    @DisplayName("a reply")
    class Reply {

        @Test
        @DisplayName("passes as a whole, by numbers as values, and fails with each member that differs")
        void whole() {
            status().expectReply("{\"n\": [1.0, 2], \"running\": true, \"status\": \"running\"}")
                    .verify();
            AssertionError error =
                    assertFails(status().expectReply("{\"status\": \"paused\", \"n\": [1, 3], \"more\": null}"));
            Failures.assertSaysExactly(error, """
                    Expected a reply with {"status":"paused","n":[1,3],"more":null}, but received \
                    the reply {"status":"running","running":true,"n":[1,2]}
                      /status: expected "paused", but was "running"
                      /n/1: expected 3, but was 2
                      /more: expected null, but there is nothing
                      /running: expected nothing, but was true
                      step 1 of 2; nothing was received before""");
        }

        @Test
        @DisplayName("may be a record")
        void values() {
            assertFails(
                    QmpVerifier.createFor(Mono.just(new Status("paused", false)))
                            .expectReplyAt("/running", true),
                    "but received the reply {\"status\":\"paused\",\"running\":false}\n  /running: expected true");
        }

        @Test
        @DisplayName("passes at several places, and fails with those that differ")
        void places() {
            status().expectReplyAt("/status", "running")
                    .expectReplyAt("/n/1", 2)
                    .expectReply(DataMatcher.present("/running"))
                    .verify();
            assertFails(
                    status().expectReplyAt("/status", "paused")
                            .expectReplyAt("/running", true)
                            .expectReplyAt("/n", 5),
                    "Expected a reply with /status = \"paused\", /running = true, /n = 5, but received the reply {",
                    "/status: expected \"paused\", but was \"running\"",
                    "/n: expected 5, but was [1,2]");
        }

        @Test
        @DisplayName("passes by a part of it, and fails with what differs there")
        void part() {
            status().expectReply(DataMatcher.subTree("{\"running\": true}")).verify();
            assertFails(
                    status().expectReply(DataMatcher.subTree("{\"running\": false}")),
                    "Expected a reply with members {\"running\":false}, but received",
                    "/running: expected false, but was true");
        }

        @Test
        @DisplayName("fails where an error or nothing comes in its place")
        void other() {
            AssertionError error = assertFails(
                    QmpVerifier.create(refused("GenericError", "no such device"))
                            .expectReply("{}"),
                    "Expected a reply with {}, but received the error ExecuteError of class GenericError: no such device");
            assertInstanceOf(ExecuteError.class, error.getCause());
            assertFails(
                    QmpVerifier.create(Mono.<JsonNode>empty()).expectReply("{}"),
                    "Expected a reply with {}, but received the end, without a reply");
        }

        @Test
        @DisplayName("may be left out: a call that returns nothing completes")
        void nothing() {
            QmpVerifier.createFor(Mono.empty()).expectComplete().verify();
            assertFails(status().expectComplete(), "Expected the end, but received the reply {\"status\"");
        }
    }

    @Nested
    @DisplayName("an error of the server's")
    class Refused {

        private final Mono<JsonNode> call = refused("GenericError", "Device 'x'\nnot found");

        @Test
        @DisplayName("passes by its class and description")
        void passes() {
            QmpVerifier.create(call).expectExecuteError("GenericError").verify();
            QmpVerifier.create(call)
                    .expectExecuteError("GenericError")
                    .withDescriptionContaining("'x'")
                    .verify();
        }

        @Test
        @DisplayName("fails with another class, another description, a reply, another error")
        void fails() {
            assertFails(
                    QmpVerifier.create(call).expectExecuteError("CommandNotFound"),
                    "Expected the error ExecuteError of class CommandNotFound, but received the error ExecuteError of"
                            + " class GenericError: Device 'x'\nnot found",
                    "class: expected \"CommandNotFound\", but was \"GenericError\"");
            assertFails(
                    QmpVerifier.create(call)
                            .expectExecuteError("GenericError")
                            .withDescriptionContaining("Device")
                            .withDescriptionContaining("'y'"),
                    "with a description containing \"Device\", with a description containing \"'y'\", but received",
                    "\n  expected a description containing");
            assertFails(
                    status().expectExecuteError("GenericError"),
                    "Expected the error ExecuteError of class GenericError, but received the reply {");
            assertFails(
                    QmpVerifier.create(interrupted(true)).expectExecuteError("GenericError"),
                    "but received the error ExecInterruptedError: [vm] stop was interrupted");
        }
    }

    @Nested
    @DisplayName("an interruption")
    class Interrupted {

        @Test
        @DisplayName("passes, and by its cause")
        void passes() {
            QmpVerifier.create(interrupted(true)).expectInterrupted().verify();
            QmpVerifier.create(interrupted(true))
                    .expectInterrupted()
                    .withCause(ConnectionLostError.class)
                    .verify();
        }

        @Test
        @DisplayName("fails with another cause, a reply")
        void fails() {
            assertFails(
                    QmpVerifier.create(interrupted(true)).expectInterrupted().withCause(StateError.class),
                    "Expected the error ExecInterruptedError, with the cause StateError, but"
                            + " received the error ExecInterruptedError: [vm] stop was interrupted",
                    "cause: expected StateError, but was ConnectionLostError: [vm] the server closed the connection");
            assertFails(
                    status().expectInterrupted(), "Expected the error ExecInterruptedError, but received the reply {");
        }
    }

    @Test
    @DisplayName("A timeout, or any other error, passes by its class, and fails with another")
    void errors() {
        Mono<JsonNode> late = Mono.error(new ExecTimeoutError("[vm] too late", "stop", true, Duration.ofSeconds(1)));
        QmpVerifier.create(late).expectError(ExecTimeoutError.class).verify();
        assertFails(
                QmpVerifier.create(interrupted(true)).expectError(ExecTimeoutError.class),
                "Expected the error ExecTimeoutError, but received the error ExecInterruptedError");
        assertFails(
                QmpVerifier.create(late).expectError(StateError.class),
                "Expected the error StateError, but received the error ExecTimeoutError: [vm] too late");
    }

    @Test
    @DisplayName("Time is virtual where that is asked for")
    void virtual() {
        QmpVerifier.replyWithVirtualTime(() -> Mono.delay(Duration.ofHours(1)).thenReturn(STATUS))
                .thenAwait(Duration.ofHours(1))
                .expectReplyAt("/status", "running")
                .verify();
    }

    @Test
    @DisplayName("A task is run in its turn")
    void runs() {
        Sinks.One<JsonNode> reply = Sinks.one();
        QmpVerifier.create(reply.asMono())
                .then(() -> reply.tryEmitValue(STATUS).orThrow())
                .expectReplyAt("/status", "running")
                .verify();
    }

    @Test
    @DisplayName("A reply that does not come is told with what was expected of it")
    void timeout() {
        QmpVerifier verifier = QmpVerifier.create(Mono.<JsonNode>never()).expectReplyAt("/status", "running");
        AssertionError error = assertThrows(AssertionError.class, () -> verifier.verify(Duration.ofMillis(50)));
        assertSays(
                error,
                "Timed out after PT0.05S: expected a reply with /status = \"running\", but received nothing more",
                "step 1 of 2; nothing was received before");
    }
}
