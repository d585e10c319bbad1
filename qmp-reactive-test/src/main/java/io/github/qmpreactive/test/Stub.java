package io.github.qmpreactive.test;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which commands are answered how; {@code name} is null for all of them. */
record Stub(@Nullable String name, Predicate<ReceivedCommand> condition, boolean allowsOob, List<Answer> answers) {

    boolean isFor(String command) {
        return name == null || name.equals(command);
    }

    boolean accepts(ReceivedCommand command) {
        return isFor(command.name()) && condition.test(command);
    }
}
