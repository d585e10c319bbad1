package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.json.JsonDifferences;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** What a command has to be like for a stub to answer it. {@code toString()} is as a test writes it. */
sealed interface Condition {

    /** In what a command is not like it; nothing if it is. */
    List<String> misses(ReceivedCommand command);

    /** It has certain arguments, and may have others. */
    record Arguments(JsonNode wanted) implements Condition {

        @Override
        public List<String> misses(ReceivedCommand command) {
            return JsonDifferences.ofPart(command.arguments(), wanted, "");
        }

        @Override
        public String toString() {
            return ".withArguments(" + wanted + ")";
        }
    }

    /** Whatever a test asks for. */
    record Matching(Predicate<ReceivedCommand> predicate) implements Condition {

        @Override
        public List<String> misses(ReceivedCommand command) {
            return predicate.test(command) ? List.of() : List.of("it does not match");
        }

        @Override
        public String toString() {
            return ".matching(...)";
        }
    }
}
