package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("README.md and the guides")
class DocumentsTest {

    private static void assertNone(List<String> problems) {
        if (!problems.isEmpty()) {
            fail(String.join("\n\n", problems));
        }
    }

    @Test
    @DisplayName("All Java in them is the source of a snippet, line by line, and every snippet is shown once")
    void snippets() throws IOException {
        Map<String, String> snippets =
                new HashMap<>(MarkedSnippets.in(Documents.BASE.resolve("src/test/java/io/github/qmpreactive/readme")));
        snippets.putAll(
                MarkedSnippets.in(Documents.BASE.resolve("src/it/boot/src/test/java/io/github/qmpreactive/webflux")));
        for (String example : List.of("redis", "health")) {
            snippets.putAll(
                    MarkedSnippets.in(Documents.BASE.resolve("src/examples/java/io/github/qmpreactive/" + example)));
        }
        assertNone(SnippetCheck.problems(Documents.texts(), snippets));
    }

    @Test
    @DisplayName("Their links lead to files and headings that there are")
    void links() throws IOException {
        for (Path document : Documents.files()) {
            assertNone(LinkCheck.problems(document));
        }
    }

    @Test
    @DisplayName("A link that leads nowhere is told, to a file or to a heading")
    void brokenLinks(@TempDir Path folder) throws IOException {
        Path document = Files.writeString(
                folder.resolve("a.md"), "# One: two\n[a](b.md) [b](#one-two) [c](a.md#three) `[d](e)` [f](x://y)\n");
        List<String> problems = LinkCheck.problems(document);
        assertEquals(2, problems.size(), problems::toString);
        assertTrue(problems.get(0).endsWith("there is no b.md"), problems::toString);
        assertTrue(problems.get(1).contains("a.md has no heading #three, only [one-two]"), problems::toString);
    }

    @Test
    @DisplayName("They, the code, examples, benchmarks and tests name the actor, and use the verbs of the field")
    void actors() throws IOException {
        List<Path> files = new ArrayList<>(Documents.files());
        for (String sources : List.of(
                "qmp-reactive-core/src/main/java",
                "qmp-reactive-core/src/test/java",
                "qmp-reactive-test/src/main/java",
                "qmp-reactive-test/src/test/java",
                "qmp-reactive-test/src/it",
                "qmp-reactive-test/src/examples/java",
                "qmp-reactive-test/src/jmh/java")) {
            files.addAll(javaFiles(sources));
        }
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            problems.addAll(WordCheck.problems(file));
        }
        assertNone(problems);
    }

    @Test
    @DisplayName(
            "A word that hides the actor is reported with the reason; a name in quotes, or a relative clause, is not")
    void hiddenActors(@TempDir Path folder) throws IOException {
        Path document = Files.writeString(
                folder.resolve("a.md"),
                String.join(
                        "\n",
                        "The device \"nobody\" and `{\\\"id\\\": \\\"nobody\\\"}`",
                        "bytes that one message has, so that one ends, and that one of them fits",
                        "what QEMU has told of it",
                        WordCheck.EXAMPLES));
        List<String> problems = WordCheck.problems(document);
        assertEquals(WordCheck.EXAMPLES.lines().count(), problems.size(), problems::toString);
        assertTrue(problems.get(0).startsWith("a.md:4: \""), problems::toString);
        assertTrue(problems.get(0).contains("several take part"), problems::toString);
    }

    private static List<Path> javaFiles(String sources) throws IOException {
        try (Stream<Path> files = Files.walk(Documents.file(sources))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    @DisplayName("The quick start and the console, which no other build reads, have the version of the project")
    void version() throws IOException {
        Pattern version = Pattern.compile("<version>([^<]+)</version>");
        List<String> versions = new ArrayList<>();
        for (String pom : List.of(
                "pom.xml",
                "qmp-reactive-test/src/examples/pom.xml",
                "qmp-reactive-test/src/examples/console/pom.xml")) {
            Matcher found = version.matcher(Files.readString(Documents.file(pom)));
            assertTrue(found.find(), pom);
            versions.add(found.group(1));
        }
        assertEquals(Collections.nCopies(3, versions.get(0)), versions);
    }

    @Test
    @DisplayName("The first page has 250 lines at most")
    void firstPage() throws IOException {
        long lines = Files.readAllLines(Documents.file("README.md")).size();
        assertTrue(lines <= 250, () -> "README.md has " + lines + " lines: move what few readers need to a guide");
    }

    @Test
    @DisplayName("The tests that the table names exist, and those of the last column start a real QEMU")
    void tests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path module : List.of(Documents.BASE, Documents.BASE.resolveSibling("qmp-reactive-core"))) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        List<String> rows = Files.readAllLines(Documents.file(".github/CONTRIBUTING.md")).stream()
                .filter(line -> line.endsWith("Test |") || line.endsWith("Test | – |"))
                .toList();
        assertTrue(rows.size() > 15, () -> "The table of tests is gone: " + rows);
        for (String row : rows) {
            String[] cells = row.split("\\|", -1);
            for (String test : cells[2].split(",", -1)) {
                assertTrue(sources.containsKey(test.strip()), () -> "There is no test " + test + ": " + row);
            }
            if (cells[3].strip().equals("–")) {
                continue;
            }
            for (String test : cells[3].split(",", -1)) {
                String source = sources.getOrDefault(test.strip(), "");
                assertTrue(source.contains("@Qemu"), () -> "No test at a real QEMU: " + test + ": " + row);
            }
        }
    }
}
