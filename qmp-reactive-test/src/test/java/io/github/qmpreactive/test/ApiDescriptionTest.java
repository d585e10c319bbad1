package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The public API of a module beside its description in {@code src/api/api.txt}. Who changes the API writes the description
 * anew with {@code -Dqmp.api.update=true}, and the difference is part of the commit.
 */
@DisplayName("The public API")
class ApiDescriptionTest {

    private static final boolean UPDATE = Boolean.getBoolean("qmp.api.update");

    @ParameterizedTest
    @ValueSource(strings = {"qmp-reactive-core", "qmp-reactive-test"})
    @DisplayName("is what its description says: nothing is gone, changed or added without being seen")
    void unchanged(String module) throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent().resolve(module);
        Path file = root.resolve("src/api/api.txt");
        List<String> now = describe(root.resolve("target/classes"));
        if (UPDATE) {
            Files.createDirectories(file.getParent());
            Files.write(file, now);
        }
        List<String> described = Files.readAllLines(file);
        String how = "; to describe it anew, run this test with -Dqmp.api.update=true";
        assertEquals(List.of(), without(described, now), "Gone from the API" + how);
        assertEquals(List.of(), without(now, described), "New in the API" + how);
    }

    private static List<String> without(List<String> lines, List<String> others) {
        List<String> left = new ArrayList<>(lines);
        others.forEach(left::remove);
        return left;
    }

    /** A line for each public type and each of its members, as the JDK's own {@code javap} writes them. */
    private static List<String> describe(Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-protected"));
        try (Stream<Path> files = Files.walk(classes)) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.toString().contains("internal"))
                    .sorted()
                    .map(Path::toString)
                    .forEach(arguments::add);
        }
        StringWriter out = new StringWriter();
        int status = ToolProvider.findFirst("javap")
                .orElseThrow()
                .run(new PrintWriter(out), new PrintWriter(out), arguments.toArray(String[]::new));
        assertEquals(0, status, out::toString);
        List<String> lines = new ArrayList<>();
        String type = "";
        for (String line : out.toString().lines().map(String::strip).toList()) {
            if (line.endsWith("{")) {
                type = line.replace("{", "").strip();
                if (type.contains("public ") || type.contains("protected ")) {
                    lines.add(type);
                }
            } else if (line.endsWith(";") && (type.contains("public ") || type.contains("protected "))) {
                lines.add(nameOf(type) + ": " + line);
            }
        }
        assertTrue(lines.size() > 100, lines::toString);
        return lines;
    }

    private static String nameOf(String type) {
        return Stream.of(type.split("[ <]"))
                .filter(word -> word.startsWith("io.github."))
                .findFirst()
                .orElseThrow();
    }
}
