package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("README.md")
class ReadmeTest {

    /** Of the module; Maven says where it is, and elsewhere tests run in it. */
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final Path SOURCES = BASE.resolve("src/test/java/io/github/qmpreactive/readme");
    private static final Path README = BASE.resolveSibling("README.md");

    @Test
    @DisplayName("All Java in it is the source of a snippet, line by line, and it shows every snippet")
    void snippets() throws IOException {
        assertTrue(Files.isRegularFile(README), () -> "There is no " + README);
        List<String> problems = ReadmeCheck.problems(Files.readString(README), MarkedSnippets.in(SOURCES));
        if (!problems.isEmpty()) {
            fail(String.join("\n\n", problems));
        }
    }

    @Test
    @DisplayName("The tests that it names exist, and those of the last column start a real QEMU")
    void tests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path module : List.of(BASE, BASE.resolveSibling("qmp-reactive-core"))) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        List<String> rows = Files.readAllLines(README).stream()
                .filter(line -> line.endsWith("Test |"))
                .toList();
        assertTrue(rows.size() > 15, () -> "The table of tests is gone: " + rows);
        for (String row : rows) {
            String[] cells = row.split("\\|", -1);
            for (String test : cells[2].split(",", -1)) {
                assertTrue(sources.containsKey(test.strip()), () -> "There is no test " + test + ": " + row);
            }
            for (String test : cells[3].split(",", -1)) {
                String source = sources.getOrDefault(test.strip(), "");
                assertTrue(source.contains("@Qemu"), () -> "No test at a real QEMU: " + test + ": " + row);
            }
        }
    }
}
