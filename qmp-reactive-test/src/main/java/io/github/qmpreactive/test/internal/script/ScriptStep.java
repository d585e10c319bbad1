package io.github.qmpreactive.test.internal.script;

import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.json.JsonDifferences;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.stub.Response;
import io.github.qmpreactive.test.internal.stub.StubCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One step of a script. {@code toString()} is for people, and tells it in one line. */
public sealed interface ScriptStep {

    /** Refuses a step that the schema does not allow. */
    void require(StubCheck check);

    /**
     * A command has to come.
     *
     * @param place where it was recorded; empty if a test has written it
     * @param secrets JSON pointers of what may have any value
     */
    record Expect(QmpCommand command, boolean anyArguments, String place, List<String> secrets) implements ScriptStep {

        /** Of a test's own. */
        public Expect(QmpCommand command, boolean anyArguments) {
            this(command, anyArguments, "", List.of());
        }

        @Override
        public void require(StubCheck check) {
            check.requireExpected(command, anyArguments, toString());
        }

        /** In what a command is another one; nothing if it is this. */
        public List<String> differences(Command received) {
            ObjectNode expected = command.json();
            ObjectNode came = received.raw().deepCopy();
            came.remove("id");
            if (anyArguments) {
                expected.remove("arguments");
                came.remove("arguments");
            } else if (came.path("arguments").isObject()
                    && came.path("arguments").isEmpty()) {
                came.remove("arguments");
            }
            return JsonDifferences.ofWhole(came, expected, "").stream()
                    .filter(difference -> secrets.stream().noneMatch(secret -> isOf(secret, difference)))
                    .toList();
        }

        /** Whether a difference is that another value is where a secret was. */
        private static boolean isOf(String secret, String difference) {
            return difference.startsWith(secret + ": expected \"" + Secrets.HIDDEN + "\", but was ");
        }

        @Override
        public String toString() {
            String arguments = anyArguments
                    ? " with any arguments"
                    : command.arguments().isEmpty() ? "" : " " + command.arguments();
            return "expect " + command + arguments + (place.isEmpty() ? "" : " (" + place + ")");
        }
    }

    /**
     * Something is sent after the delay that it has.
     *
     * @param text what, for people
     * @param command the name of the command that this answers; null if it answers none
     * @param expected at which step of the script that command is expected
     * @param response what is sent
     */
    record Act(String text, @Nullable String command, int expected, Response response) implements ScriptStep {

        @Override
        public void require(StubCheck check) {
            check.require(command, response);
        }

        @Override
        public String toString() {
            return "  " + text;
        }
    }
}
