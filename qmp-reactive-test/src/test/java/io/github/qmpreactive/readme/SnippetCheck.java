package io.github.qmpreactive.readme;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares the Java in documents with the marked regions of sources. */
final class SnippetCheck {

    private static final Pattern MARKER = Pattern.compile("<!-- snippet: (\\S+) -->");
    private static final Pattern JAVA_FENCE = Pattern.compile("(```+|~~~+)\\s*java\\b.*", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> snippets;
    private final Set<String> used = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    private SnippetCheck(Map<String, String> snippets) {
        this.snippets = snippets;
    }

    /**
     * Checks that each block of Java is the source of a snippet, and that each snippet is shown once.
     *
     * @param documents texts by file name
     * @param snippets sources by name
     * @return what is wrong, in words that say how to mend it; empty if all is well
     */
    static List<String> problems(Map<String, String> documents, Map<String, String> snippets) {
        SnippetCheck check = new SnippetCheck(snippets);
        documents.forEach((file, text) -> check.document(file, text.lines().toList()));
        for (String name : snippets.keySet()) {
            if (!check.used.contains(name)) {
                check.problems.add("No document shows the snippet " + name + ": show it below a line <!-- snippet: "
                        + name + " -->, or remove it from the sources");
            }
        }
        return check.problems;
    }

    private void document(String file, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = JAVA_FENCE.matcher(lines.get(i).strip());
            if (fence.matches()) {
                int end = endOfBlock(lines, i, fence.group(1));
                String shown = String.join("\n", lines.subList(i + 1, end));
                block(
                        file + ":" + (i + 1) + ": ",
                        i == 0 ? "" : lines.get(i - 1),
                        shown.stripIndent().strip());
                i = end;
            }
        }
    }

    private static int endOfBlock(List<String> lines, int fence, String delimiter) {
        int end = fence + 1;
        while (end < lines.size() && !lines.get(end).strip().equals(delimiter)) {
            end++;
        }
        return end;
    }

    private void block(String where, String lineAbove, String shown) {
        Matcher marker = MARKER.matcher(lineAbove.strip());
        if (!marker.matches()) {
            problems.add(where + "a block of Java without a line <!-- snippet: name --> right above it;"
                    + " Java in the documents is taken from a snippet, one of " + names());
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
                    + " here (- is the document, + the source):\n" + LineDiff.of(shown, source));
        }
    }

    private Set<String> names() {
        return new TreeSet<>(snippets.keySet());
    }
}
