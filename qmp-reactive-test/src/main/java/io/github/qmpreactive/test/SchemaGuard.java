package io.github.qmpreactive.test;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import io.github.qmpreactive.test.internal.schema.Excerpt;
import io.github.qmpreactive.test.schema.QmpSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks by a running fake's schema, if it has one, and complains; safe for use by several threads. */
final class SchemaGuard {

    private static final String QUERY_SCHEMA = "query-qmp-schema";

    private final @Nullable QmpSchema schema;
    private final Complaints complaints = new Complaints();
    private volatile boolean closing;

    SchemaGuard(@Nullable QmpSchema schema) {
        this.schema = schema;
    }

    /** The server closes its connections, with stubs that run at that moment. */
    void closing() {
        closing = true;
    }

    Complaints complaints() {
        return complaints;
    }

    /** What QEMU answers in place of running the command; null if nothing is wrong, or there is no schema. */
    @Nullable
    ErrorResponse refusalOf(ReceivedCommand command) {
        return schema == null
                ? null
                : schema.refusalOf(command.name(), command.arguments(), command.isOob())
                        .orElse(null);
    }

    boolean allowsOob(Stub stub) {
        // By the schema it was decided before.
        return schema != null || stub.allowsOob();
    }

    /** The misses say of stubs why they do not answer it. */
    Answer answerWithoutStub(ReceivedCommand command, List<String> misses) {
        String stubbed =
                misses.isEmpty() ? "" : "; it is stubbed, but not with what came:\n  " + String.join("\n  ", misses);
        if (schema != null && command.name().equals(QUERY_SCHEMA)) {
            return Answer.reply(schema.json());
        }
        if (schema != null) {
            return complain("No stub answers " + Excerpt.of(command.raw()) + ", which is right by the schema"
                    + (misses.isEmpty() ? ": say .when(\"" + command.name() + "\")" : stubbed));
        }
        complaints.add(
                "No stub answers " + Excerpt.of(command.raw())
                        + (misses.isEmpty()
                                ? ": say .when(\"" + command.name() + "\"), and behind it what is answered or"
                                        + " .commandNotFound()"
                                : stubbed),
                null);
        ErrorResponse error = Refusals.notFound(command.name());
        return Answer.error(error.errorClass(), error.description() + stubbed);
    }

    /** An answer that was computed, or what is sent in its place if it is wrong. */
    Answer checked(ReceivedCommand command, Answer answer) {
        try {
            require(command.name(), answer);
            return answer;
        } catch (IllegalArgumentException e) {
            return complain(String.valueOf(e.getMessage()));
        }
    }

    /** What is sent in place of what a stub has computed; null if that is right. */
    @Nullable
    Answer complaintOf(ReceivedCommand command, JsonNode value) {
        return schema == null
                ? null
                : schema.problemOfReply(command.name(), value)
                        .map(problem -> complain(StubCheck.badReply(command.name(), value, problem)))
                        .orElse(null);
    }

    void require(Stub stub) {
        if (schema != null) {
            new StubCheck(schema).require(stub);
        }
    }

    void require(EventTemplate event) {
        if (schema != null) {
            new StubCheck(schema).require(event);
        }
    }

    void require(String command, Answer answer) {
        if (schema != null) {
            new StubCheck(schema).require(command, answer);
        }
    }

    /**
     * What is sent for a stub of which something of the test's own has thrown, whatever that is. A stub that runs while its
     * server closes is not at fault.
     */
    Answer broken(ReceivedCommand command, Throwable thrown) {
        String description = "The stub of " + command.name() + " failed with " + thrown;
        if (!closing || !(thrown instanceof ServerClosedException)) {
            complaints.add(description, thrown);
        }
        return Answer.error("GenericError", description);
    }

    private Answer complain(String complaint) {
        complaints.add(complaint, null);
        return Answer.error("GenericError", complaint);
    }
}
