package io.github.qmpreactive.test.internal.script;

import io.github.qmpreactive.test.internal.protocol.Command;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Says how a conversation and its script differ, for people. */
public final class ScriptReport {

    private static final int LONGEST_LINE = 200;

    /** So many steps before and behind the one that counts are shown: long scripts are hard to read. */
    private static final int NEAR = 5;

    private ScriptReport() {}

    static String departure(List<ScriptStep> steps, int position, Command received) {
        ScriptStep.Expect expected = (ScriptStep.Expect) steps.get(position);
        ObjectNode message = expected.command().json();
        StringBuilder text = new StringBuilder("At step " + (position + 1) + " of " + steps.size()
                + " of the script something else came than is expected:\n");
        text.append(steps(steps, position));
        text.append("Expected")
                .append(expected.anyArguments() ? ", with any arguments:\n" : ":\n")
                .append(message.toPrettyString());
        text.append("\nReceived:\n").append(received.raw().toPrettyString());
        text.append("\nDifferences:\n");
        expected.differences(received)
                .forEach(difference -> text.append("  ").append(difference).append('\n'));
        return text.toString();
    }

    /** Something came when all of it had been. */
    static String tooMuch(List<ScriptStep> steps, Command received) {
        return "The script was over, and one more command came:\n" + steps(steps, steps.size()) + "Received:\n"
                + received.raw().toPrettyString() + "\n";
    }

    static String unfinished(List<ScriptStep> steps, int position) {
        int next = Math.min(position, steps.size() - 1);
        return "The script is not over: step " + (next + 1) + " of " + steps.size() + " has not happened:\n"
                + steps(steps, next) + "Received: nothing since\n";
    }

    public static String steps(List<ScriptStep> steps) {
        return lines(steps, 0, steps.size(), -1);
    }

    /** The steps around one of them, or around the end, one a line, and an arrow at it. */
    public static String steps(List<ScriptStep> steps, int position) {
        int from = Math.max(0, position - NEAR);
        int to = Math.min(steps.size(), position + NEAR + 1);
        return more(from)
                + lines(steps, from, to, position)
                + (position == steps.size() ? ">    (the end)\n" : more(steps.size() - to));
    }

    private static String more(int steps) {
        return steps == 0 ? "" : "  … " + steps + " more\n";
    }

    private static String lines(List<ScriptStep> steps, int from, int to, int marked) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            String step = steps.get(i).toString().replace("\n", "\\n");
            text.append(i == marked ? "> " : "  ")
                    .append(i + 1)
                    .append(". ")
                    .append(step.length() > LONGEST_LINE ? step.substring(0, LONGEST_LINE) + "…" : step)
                    .append('\n');
        }
        return text.toString();
    }
}
