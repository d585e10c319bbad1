package io.github.qmpreactive.test;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.json.JsonDifferences;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One step of a script. {@code toString()} is for people, and tells it in one line. */
sealed interface ScriptStep {

    /** A command has to come. */
    record Expect(QmpCommand command, boolean anyArguments) implements ScriptStep {

        /** What came in place of it, in the form that it is compared in: without the id, which is the client's own. */
        static ObjectNode comparable(JsonNode message) {
            ObjectNode copy = (ObjectNode) message.deepCopy();
            copy.remove("id");
            if (copy.path("arguments").isObject() && copy.path("arguments").isEmpty()) {
                copy.remove("arguments");
            }
            return copy;
        }

        List<String> differences(ReceivedCommand received) {
            ObjectNode expected = command.json();
            ObjectNode came = comparable(received.raw());
            if (anyArguments) {
                expected.remove("arguments");
                came.remove("arguments");
            }
            return JsonDifferences.ofWhole(came, expected, "");
        }

        @Override
        public String toString() {
            String arguments = anyArguments
                    ? " with any arguments"
                    : command.arguments().isEmpty() ? "" : " " + command.arguments();
            return "expect " + command + arguments;
        }
    }

    /** A command that has come is answered: of several of its name, the last, or else the first. */
    record Reply(String command, boolean last, Answer answer, String text) implements ScriptStep {
        @Override
        public String toString() {
            return "  " + text;
        }
    }

    /** Something is sent that answers nothing. */
    record Send(Answer answer, String text) implements ScriptStep {
        @Override
        public String toString() {
            return "  " + text;
        }
    }

    /** Nothing happens for a while. */
    record Wait(Duration time) implements ScriptStep {
        @Override
        public String toString() {
            return "  wait " + time;
        }
    }
}
