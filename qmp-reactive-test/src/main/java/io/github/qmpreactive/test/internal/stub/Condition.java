package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.test.internal.json.JsonDifferences;
import io.github.qmpreactive.test.internal.protocol.Command;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a command has to be like for a stub to answer it.
 *
 * @param text as a test writes it
 * @param arguments those that it has to have; null if any
 * @param misses in what a command is not like it; nothing if it is
 */
public record Condition(String text, @Nullable JsonNode arguments, Function<Command, List<String>> misses) {

    public static Condition arguments(JsonNode wanted) {
        return new Condition(
                ".withArguments(" + wanted + ")",
                wanted,
                command -> JsonDifferences.ofPart(command.arguments(), wanted, ""));
    }

    public static Condition matching(Predicate<Command> predicate) {
        return new Condition(
                ".matching(...)", null, command -> predicate.test(command) ? List.of() : List.of("it does not match"));
    }
}
