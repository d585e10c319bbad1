package io.github.qmpreactive.readme;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares the Java in a README with the marked regions of sources. */
final class ReadmeCheck {

    private static final Pattern MARKER = Pattern.compile("<!-- snippet: (\\S+) -->");
    private static final Pattern JAVA_FENCE = Pattern.compile("(```+|~~~+)\\s*java\\b.*", Pattern.CASE_INSENSITIVE);

    private final List<String> readme;
    private final Map<String, String> snippets;
    private final Set<String> used = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    private ReadmeCheck(String readme, Map<String, String> snippets) {
        this.readme = readme.lines().toList();
        this.snippets = snippets;
    }

    /** What is wrong, in words that say how to mend it; empty if all is well. */
    static List<String> problems(String readme, Map<String, String> snippets) {
        ReadmeCheck check = new ReadmeCheck(readme, snippets);
        check.run();
        return check.problems;
    }

    private void run() {
        for (int i = 0; i < readme.size(); i++) {
            Matcher fence = JAVA_FENCE.matcher(readme.get(i).strip());
            if (fence.matches()) {
                int end = endOfBlock(i, fence.group(1));
                block(
                        i,
                        String.join("\n", readme.subList(i + 1, end))
                                .stripIndent()
                                .strip());
                i = end;
            }
        }
        for (String name : snippets.keySet()) {
            if (!used.contains(name)) {
                problems.add("README.md does not show the snippet " + name + ": show it below a line <!-- snippet: "
                        + name + " -->, or remove it from the sources");
            }
        }
    }

    private int endOfBlock(int fence, String delimiter) {
        int end = fence + 1;
        while (end < readme.size() && !readme.get(end).strip().equals(delimiter)) {
            end++;
        }
        return end;
    }

    private void block(int fence, String shown) {
        String where = "README.md:" + (fence + 1) + ": ";
        Matcher marker = MARKER.matcher(fence == 0 ? "" : readme.get(fence - 1).strip());
        if (!marker.matches()) {
            problems.add(where + "a block of Java without a line <!-- snippet: name --> right above it;"
                    + " Java in the README is taken from a snippet, one of " + names());
            return;
        }
        String name = marker.group(1);
        String source = snippets.get(name);
        if (source == null) {
            problems.add(where + "there is no snippet " + name + ", only " + names());
        } else if (!used.add(name)) {
            problems.add(where + "the snippet " + name + " is shown twice");
        } else if (!shown.equals(source)) {
            problems.add(where + "differs from the snippet " + name + "; change the source first, then copy its lines"
                    + " here (- is the README, + the source):\n" + LineDiff.of(shown, source));
        }
    }

    private Set<String> names() {
        return new TreeSet<>(snippets.keySet());
    }
}
