package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
}
