package io.github.qmpreactive.test;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.schema.Excerpt;
import io.github.qmpreactive.test.schema.QmpSchema;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Refuses what a test wants a fake to send and QEMU never would, and what it waits for and QEMU would refuse. */
final class StubCheck {

    private final QmpSchema schema;

    StubCheck(QmpSchema schema) {
        this.schema = schema;
    }

    void require(Stub stub) {
        String name = stub.name();
        if (name != null && !schema.commands().contains(name)) {
            throw new IllegalArgumentException("The schema has no command " + name + ", so it cannot be stubbed");
        }
        stub.answers().forEach(answer -> require(name, answer));
        for (Condition condition : stub.conditions()) {
            if (name != null && condition instanceof Condition.Arguments arguments) {
                schema.problemOfArguments(name, arguments.wanted()).ifPresent(problem -> {
                    throw new IllegalArgumentException(stub + " never answers anything: " + problem);
                });
            }
        }
    }

    void require(QmpScript script) {
        for (ScriptStep step : script.steps()) {
            if (step instanceof ScriptStep.Expect expect) {
                require(expect);
            } else if (step instanceof ScriptStep.Reply reply) {
                require(reply.command(), reply.answer());
            } else if (step instanceof ScriptStep.Send send) {
                require(null, send.answer());
            }
        }
    }

    private void require(ScriptStep.Expect expect) {
        QmpCommand command = expect.command();
        boolean any = expect.anyArguments() && schema.commands().contains(command.name());
        schema.refusalOf(command).filter(refusal -> !any).ifPresent(refusal -> {
            throw new IllegalArgumentException(
                    "The script cannot " + expect + ", which QEMU refuses with \"" + refusal.description() + "\"");
        });
    }

    /** The command's name is null where it may be any. */
    void require(@Nullable String command, Answer answer) {
        Stream.concat(answer.before.stream(), answer.after.stream()).forEach(this::require);
        JsonNode value = answer.constant;
        if (command != null && value != null && answer.isChecked()) {
            schema.problemOfReply(command, value).ifPresent(problem -> {
                throw new IllegalArgumentException(badReply(command, value, problem));
            });
        }
    }

    void require(EventTemplate event) {
        if (event.numbered() && schema.events().contains(event.name())) {
            return;
        }
        schema.problemOfEvent(event.name(), event.data()).ifPresent(problem -> {
            String data = event.data() == null ? "" : " " + Excerpt.of(event.data());
            throw new IllegalArgumentException("QEMU never sends the event " + event.name() + data + ": " + problem);
        });
    }

    static String badReply(String command, JsonNode value, String problem) {
        return "QEMU never answers " + command + " with " + Excerpt.of(value) + ": " + problem;
    }
}
