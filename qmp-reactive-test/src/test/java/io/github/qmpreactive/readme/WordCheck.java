package io.github.qmpreactive.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds words that make a reader guess. In each exchange several take part: QEMU, the guest, the agent, the client, the
 * session, its subscribers, the caller. A text that says which one acts is understood at the first reading.
 */
final class WordCheck {

    /** One line for each pattern, and for each place where a demonstrative can stand. */
    static final String EXAMPLES = String.join(
            "\n",
            "If " + "nobody" + " listens",
            "A subscriber leaves it to that" + " one and goes",
            "The client closes that" + " one.",
            "Not the sink: that" + " one drops it",
            "The caller is " + "told of it",
            "The client hangs" + " up",
            "The attempt comes" + " to nothing");

    private static final String ACTOR =
            "name the actor: several take part, and the reader has to guess which one is meant";

    private static final Map<Pattern, String> REASONS = reasons();

    /** A quoted word is a name, such as the id of a device. */
    private static final Pattern NAME = Pattern.compile("(['\"/])\\w+(?=['\"\\\\])");

    private WordCheck() {}

    private static Map<Pattern, String> reasons() {
        Map<Pattern, String> reasons = new LinkedHashMap<>();
        String words = String.join("|", "whoever", "somebody", "nobody", "anybody", "everybody", "someone", "anyone");
        reasons.put(words("(?:" + words + ")"), ACTOR);
        // Behind a preposition, at the end of a clause, or at its beginning: elsewhere "one" counts, or begins a
        // clause.
        String preposition = "(?:for|from|of|to|by|with|on|at|than|behind|before|after)";
        reasons.put(
                Pattern.compile("(?i)\\b" + preposition + "\\s+that\\s+one\\b"
                        + "|\\bthat\\s+one(?=\\s*[.,:;)])"
                        + "|[.:;]\\s+that\\s+one\\b"),
                ACTOR);
        reasons.put(
                words("(?:is|are|was|were|be|been|being)\\s+(?:not\\s+)?told\\s+of"),
                "say what happens: it is reported, emitted, received or logged");
        reasons.put(
                words("(?:hang|hangs|hung|hanging)\\s+up"),
                "say which side closes, drops or resets what: a connection");
        reasons.put(
                words("(?:come|comes|came|coming)\\s+to\\s+nothing"), "say what fails, completes empty or is closed");
        return reasons;
    }

    private static Pattern words(String pattern) {
        return Pattern.compile("(?i)\\b" + pattern + "\\b");
    }

    /** The words that a file should not have, with line and reason. */
    static List<String> problems(Path file) throws IOException {
        List<String> problems = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = NAME.matcher(lines.get(i)).replaceAll("");
            for (Map.Entry<Pattern, String> reason : REASONS.entrySet()) {
                Matcher found = reason.getKey().matcher(line);
                if (found.find()) {
                    problems.add(file.getFileName() + ":" + (i + 1) + ": \"" + found.group() + "\": "
                            + reason.getValue() + ": " + lines.get(i).strip());
                }
            }
        }
        return problems;
    }
}
