package io.github.qmpreactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The sources of the core")
class SourceRulesTest {

    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final String ROOT = "io.github.qmpreactive";
    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?(" + ROOT + "[a-z.]*)\\.[A-Z].*;$");

    /** What each package may use beside itself: one direction, no cycle. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            ".message", Set.of(),
            ".option", Set.of(".message"),
            ".error", Set.of(".message"),
            ".internal.codec", Set.of(".message", ".error"),
            ".internal.transport", Set.of(".message", ".option", ".error"),
            ".internal.session", Set.of(".message", ".option", ".error", ".internal.codec", ".internal.transport"),
            ".internal.agent",
                    Set.of(".message", ".error", ".internal.codec", ".internal.transport", ".internal.session"),
            "", Set.of(".message", ".option", ".error", ".internal.transport", ".internal.session", ".internal.agent"));

    private static Map<Path, List<String>> sources() {
        return sources(SOURCES);
    }

    private static Map<Path, List<String>> sources(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            Map<Path, List<String>> sources = new TreeMap<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.put(file, Files.readAllLines(file));
            }
            assertTrue(sources.size() > 40, "the sources are not where they were");
            return sources;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("P5 the result of every tryEmit is used")
    void emitResults() {
        Pattern used =
                Pattern.compile("=.*tryEmit|\\?.*tryEmit|:.*tryEmit|tryEmit.*\\)\\.orThrow\\(\\);|return .*tryEmit");
        sources().forEach((file, lines) -> {
            for (String line : lines) {
                if (line.contains("tryEmit")) {
                    assertTrue(used.matcher(line).find(), () -> file + ": " + line.strip());
                }
            }
        });
    }

    @Test
    @DisplayName("Packages depend on each other in one direction")
    void packageDependencies() {
        Set<String> wrong = new TreeSet<>();
        sources().forEach((file, lines) -> {
            String here =
                    packageOf(SOURCES.relativize(file.getParent()).toString().replace('/', '.'));
            for (String line : lines) {
                Matcher imported = IMPORT.matcher(line);
                if (imported.matches()) {
                    String there = packageOf(imported.group(1));
                    if (!there.equals(here) && !MAY_USE.get(here).contains(there)) {
                        wrong.add(file + " uses " + imported.group(1));
                    }
                }
            }
        });
        assertEquals(Set.of(), wrong);
    }

    private static String packageOf(String name) {
        String relative = name.substring(ROOT.length());
        assertTrue(MAY_USE.containsKey(relative), () -> "what may the package " + name + " use?");
        return relative;
    }

    @Test
    @DisplayName("Only Patience, and what goes on for a given time, read a clock: a test waits for what has to happen")
    void clocks() {
        Pattern clock = Pattern.compile("System\\.(nanoTime|currentTimeMillis)|Instant\\.now|Thread\\.sleep");
        sources(Path.of("src", "test", "java")).forEach((file, lines) -> {
            if (!Set.of("Patience.java", "SourceRulesTest.java", "WireDifferentialTest.java")
                    .contains(file.getFileName().toString())) {
                lines.forEach(line -> assertFalse(clock.matcher(line).find(), () -> file + ": " + line.strip()));
            }
        });
    }

    @Test
    @DisplayName("No file has more than 400 lines")
    void sizes() {
        sources().forEach((file, lines) -> assertTrue(lines.size() <= 400, () -> file + " has " + lines.size()));
    }
}
