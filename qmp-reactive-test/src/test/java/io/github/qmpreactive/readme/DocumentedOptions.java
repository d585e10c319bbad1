package io.github.qmpreactive.readme;

import io.github.qmpreactive.message.QemuVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The options of QEMU that the documents and the Javadoc of the main code show. */
final class DocumentedOptions {

    /** A row of the guide's table: what QEMU wants before a version, and since then. */
    record Spelling(String what, int major, int minor, String before, String since) {

        String of(QemuVersion version) {
            return version.isAtLeast(major, minor) ? since : before;
        }
    }

    private static final Pattern ROW =
            Pattern.compile("\\| ([^|]+) \\| (\\d+)\\.(\\d+) \\| `([^`]+)` \\| `([^`]+)` \\|");
    private static final Pattern IN_DOCUMENTS =
            Pattern.compile("(?:`| for |\\.\\.\\. )(-(?:qmp|chardev|object) [^`\n]+)");
    private static final Pattern IN_JAVADOC = Pattern.compile("\\{@code (-(?:qmp|chardev|object) [^}]+)}");

    private DocumentedOptions() {}

    static List<Spelling> spellings() throws IOException {
        return ROW.matcher(documents())
                .results()
                .map(row -> new Spelling(
                        row.group(1),
                        Integer.parseInt(row.group(2)),
                        Integer.parseInt(row.group(3)),
                        row.group(4),
                        row.group(5)))
                .toList();
    }

    /** Each as it is shown, on one line; those with an ellipsis are no options yet. */
    static Set<String> all() throws IOException {
        Set<String> found = new LinkedHashSet<>();
        String text = ROW.matcher(documents()).replaceAll("").replaceAll("\\\\\n\\s*", "");
        addAll(IN_DOCUMENTS.matcher(text), found);
        for (Path file : mainSources()) {
            addAll(IN_JAVADOC.matcher(Files.readString(file).replaceAll("\\s*\n\\s*\\*\\s*", " ")), found);
        }
        // An inherited descriptor is whatever number it has; OwnChannelTest shows its session.
        found.removeIf(options -> options.contains("...") || options.contains("fd=N"));
        return found;
    }

    private static void addAll(Matcher matcher, Set<String> found) {
        matcher.results().map(result -> result.group(1).strip()).forEach(found::add);
    }

    /** The changelog only mentions options. */
    private static String documents() throws IOException {
        Map<String, String> guides = Documents.texts();
        guides.remove("CHANGELOG.md");
        return String.join("\n", guides.values());
    }

    private static List<Path> mainSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("qmp-reactive-core", "qmp-reactive-test")) {
            try (Stream<Path> files =
                    Files.walk(Documents.BASE.resolveSibling(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }
}
