package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks by a running fake's schema, if it has one, and complains; safe for use by several threads. */
public final class SchemaGuard {

    private final @Nullable SchemaCheck schema;
    private final StubCheck check;
    private final Complaints complaints = new Complaints();
    private volatile boolean closing;

    public SchemaGuard(@Nullable SchemaCheck schema) {
        this.schema = schema;
        this.check = new StubCheck(schema);
    }

    /** The server closes its connections, with stubs that run at that moment. */
    public void closing() {
        closing = true;
    }

    public Complaints complaints() {
        return complaints;
    }

    public StubCheck check() {
        return check;
    }

    /** What QEMU answers in place of running the command; null if nothing is wrong, or there is no schema. */
    public @Nullable ErrorResponse refusalOf(Command command) {
        return schema == null
                ? null
                : schema.refusalOf(command.name(), command.arguments(), command.isOob())
                        .orElse(null);
    }

    /** Whether a stub may answer out of band. With a schema, {@link #refusalOf} has refused such commands before. */
    public boolean allowsOob(Stub stub) {
        return schema != null || stub.allowsOob();
    }

    /** The misses say of stubs why they do not answer it. */
    public Response withoutStub(Command command, List<String> misses) {
        if (schema != null && command.name().equals("query-qmp-schema")) {
            return Response.success(schema.json());
        }
        String stubbed =
                misses.isEmpty() ? "" : "; it is stubbed, but not with what came:\n  " + String.join("\n  ", misses);
        String begin = "No stub answers " + JsonText.excerpt(command.raw());
        String hint = ": say .when(\"" + command.name() + "\")";
        if (schema != null) {
            return complain(begin + ", which is right by the schema" + (misses.isEmpty() ? hint : stubbed));
        }
        complaints.add(
                begin + (misses.isEmpty() ? hint + ", and behind it what is answered or .commandNotFound()" : stubbed),
                null);
        ErrorResponse error = Refusals.notFound(command.name());
        return Response.error(error.errorClass(), error.description() + stubbed);
    }

    /** A response that was computed, or what is sent in its place if it is wrong. */
    public Response checked(Command command, Response response) {
        try {
            check.require(command.name(), response);
            return response;
        } catch (IllegalArgumentException e) {
            return complain(String.valueOf(e.getMessage()));
        }
    }

    /** What is sent in place of a reply that a stub has computed; null if that is right. */
    public @Nullable Response complaintOf(Command command, JsonNode value) {
        String problem = check.problemOfReply(command.name(), value);
        return problem == null ? null : complain(problem);
    }

    /**
     * What is sent for a stub of which something of the test's own has thrown, whatever that is. The test fails with it
     * when the server is closed, with one exception: while its own server closes, a stub may have done something to that
     * server, or to a connection of it, which has no effect any more. What it did to another server is a mistake.
     */
    public Response broken(Command command, Throwable thrown) {
        String description = "The stub of " + command.name() + " failed with " + thrown;
        boolean isExcused = closing && thrown instanceof ServerClosedException closed && closed.guard() == this;
        if (!isExcused) {
            complaints.add(description, thrown);
        }
        return Response.error("GenericError", description);
    }

    private Response complain(String complaint) {
        complaints.add(complaint, null);
        return Response.error("GenericError", complaint);
    }
}
