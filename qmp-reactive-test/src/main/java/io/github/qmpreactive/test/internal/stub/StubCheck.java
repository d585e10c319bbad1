package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Refuses what a test wants a fake to send and QEMU never would, and what it waits for and QEMU would refuse: with an
 * IllegalArgumentException. Without a schema it refuses nothing.
 */
public final class StubCheck {

    private final @Nullable SchemaCheck schema;

    public StubCheck(@Nullable SchemaCheck schema) {
        this.schema = schema;
    }

    /** Requires that a stub can answer, and that QEMU could answer like that. */
    public void require(Stub stub) {
        String name = stub.name();
        if (schema == null) {
            return;
        }
        if (name != null && !schema.schema().commands().contains(name)) {
            throw new IllegalArgumentException("The schema has no command " + name + ", so it cannot be stubbed");
        }
        stub.responses().forEach(response -> require(name, response));
        for (Condition condition : stub.conditions()) {
            if (name != null && condition.arguments() != null) {
                schema.problemOfArguments(name, condition.arguments()).ifPresent(problem -> {
                    throw new IllegalArgumentException(stub + " never answers anything: " + problem);
                });
            }
        }
    }

    /** Requires that QEMU would run what a script expects. */
    public void requireExpected(QmpCommand command, boolean anyArguments, String step) {
        if (schema == null || (anyArguments && schema.schema().commands().contains(command.name()))) {
            return;
        }
        schema.refusalOf(command).ifPresent(refusal -> {
            throw new IllegalArgumentException(
                    "The script cannot " + step + ", which QEMU refuses with \"" + refusal.description() + "\"");
        });
    }

    /** Requires that QEMU could answer a command like that; the name is null where it may be any. */
    public void require(@Nullable String command, Response response) {
        Stream.concat(response.before.stream(), response.after.stream()).forEach(this::require);
        JsonNode value = response.constant;
        String problem =
                command == null || value == null || !response.isChecked ? null : problemOfReply(command, value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** Requires that QEMU could send an event. */
    public void require(EventTemplate event) {
        if (schema == null || (event.numbered() && schema.schema().events().contains(event.name()))) {
            return;
        }
        schema.problemOfEvent(event.name(), event.data()).ifPresent(problem -> {
            String data = event.data() == null ? "" : " " + JsonText.excerpt(event.data());
            throw new IllegalArgumentException("QEMU never sends the event " + event.name() + data + ": " + problem);
        });
    }

    /** Says why QEMU never answers like that; null if it could. */
    @Nullable
    String problemOfReply(String command, JsonNode value) {
        return schema == null
                ? null
                : schema.problemOfReply(command, value)
                        .map(problem ->
                                "QEMU never answers " + command + " with " + JsonText.excerpt(value) + ": " + problem)
                        .orElse(null);
    }
}
