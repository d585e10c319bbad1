package io.github.qmpreactive.test.internal.protocol;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaCommand;
import io.github.qmpreactive.test.internal.schema.InputVisitor;
import io.github.qmpreactive.test.internal.schema.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What QEMU checks of a command of the right form before it runs it, in QEMU's order. */
public final class CommandCheck {

    /**
     * The one command that takes its arguments apart by itself ({@code 'gen': false} in QEMU's schema, which introspection
     * does not tell): it takes the properties of any device, and values of any type that can be written as an option.
     */
    private static final String UNTYPED = "device_add";

    private static final String UNTYPED_MUST_HAVE = "driver";

    private final QmpSchema schema;
    private final InputVisitor visitor;

    /** A check by a schema. */
    public CommandCheck(QmpSchema schema, InputVisitor visitor) {
        this.schema = schema;
        this.visitor = visitor;
    }

    /**
     * Checks some of a command's arguments.
     *
     * @return why QEMU would run no command with them; null if it would run one
     */
    public @Nullable Problem problemOfPart(SchemaCommand command, JsonNode some) {
        return command.name().equals(UNTYPED) ? null : visitor.visitPart(command.arguments(), some);
    }

    /**
     * Checks a command.
     *
     * @return QEMU's error; null if QEMU would run it
     */
    public @Nullable ErrorResponse refusal(String command, JsonNode arguments, boolean oob) {
        SchemaCommand entry = schema.command(command).orElse(null);
        if (entry == null) {
            return Refusals.notFound(command);
        }
        if (oob && !entry.allowsOob()) {
            return Refusals.notOob(command);
        }
        if (command.equals(UNTYPED)) {
            boolean right = arguments.path(UNTYPED_MUST_HAVE).isValueNode()
                    && !arguments.path(UNTYPED_MUST_HAVE).isNull();
            return right ? null : Refusals.generic("Parameter '" + UNTYPED_MUST_HAVE + "' is missing");
        }
        Problem problem = visitor.visit(entry.arguments(), arguments);
        return problem == null ? null : Refusals.generic(problem.inQemusWords());
    }
}
