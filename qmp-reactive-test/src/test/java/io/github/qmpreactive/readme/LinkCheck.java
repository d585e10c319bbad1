package io.github.qmpreactive.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Follows the links of a document to other files and to headings. */
final class LinkCheck {

    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|`[^`\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private LinkCheck() {}

    /** The links that lead nowhere; those to other hosts are not followed. */
    static List<String> problems(Path document) throws IOException {
        List<String> problems = new ArrayList<>();
        String text = CODE.matcher(Files.readString(document)).replaceAll("");
        Matcher link = LINK.matcher(text);
        while (link.find()) {
            String path = link.group(1);
            if (path.contains("://")) {
                continue;
            }
            Path target =
                    path.isEmpty() ? document : document.resolveSibling(path).normalize();
            String anchor = link.group(2);
            if (!Files.exists(target)) {
                problems.add(document + ": there is no " + path);
            } else if (anchor != null && !anchors(target).contains(anchor)) {
                problems.add(document + ": " + target.getFileName() + " has no heading #" + anchor + ", only "
                        + anchors(target));
            }
        }
        return problems;
    }

    /** As the pages that show the documents form them. */
    private static Set<String> anchors(Path document) throws IOException {
        String text = Pattern.compile("(?ms)^```.*?^```$")
                .matcher(Files.readString(document))
                .replaceAll("");
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
