package io.github.qmpreactive.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The regions between {@code // snippet: name} and {@code // end} in Java sources, without their indentation. */
final class MarkedSnippets {

    private static final String BEGIN = "// snippet: ";
    private static final String END = "// end";

    private final Map<String, String> regions = new LinkedHashMap<>();

    /** All regions of all sources in a folder. */
    static Map<String, String> in(Path folder) throws IOException {
        MarkedSnippets snippets = new MarkedSnippets();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                snippets.read(file.getFileName().toString(), Files.readAllLines(file));
            }
        }
        return snippets.regions;
    }

    private void read(String file, List<String> lines) {
        String name = null;
        List<String> region = new ArrayList<>();
        for (String line : lines) {
            String text = line.strip();
            if (name == null && text.startsWith(BEGIN)) {
                name = text.substring(BEGIN.length()).strip();
            } else if (name != null && text.equals(END)) {
                add(file, name, String.join("\n", region));
                name = null;
                region.clear();
            } else if (name != null) {
                region.add(line);
            }
        }
        if (name != null) {
            throw new IllegalStateException(file + ": the snippet " + name + " has no " + END);
        }
    }

    private void add(String file, String name, String region) {
        if (regions.put(name, region.stripIndent().strip()) != null) {
            throw new IllegalStateException(file + ": there is another snippet of the name " + name);
        }
    }
}
