package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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

@DisplayName("The sources of the test kit")
class SourceRulesTest {

    /** Of the module; Maven says where it is, and elsewhere tests run in it. */
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final Path SOURCES = MODULE.resolve("src/main/java");

    private static final String ROOT = "io.github.qmpreactive.test";
    private static final String JUNIT = ROOT + ".junit";
    private static final String CONTRACT = ROOT + ".contract";
    private static final Pattern CLOCK =
            Pattern.compile("System\\.(nanoTime|currentTimeMillis)|Instant\\.now|Thread\\.sleep");

    /** What may read a clock: none of them has a limit that a busy machine exceeds. */
    private static final Set<String> WITH_CLOCK = Set.of(
            // The limit of all others.
            "Patience.java",
            // Waits for what ends a moment later, no longer than the guards of the kit.
            "ResourceGuard.java",
            // Pass a random time before they cancel, or shut down.
            "CancelRaceTest.java",
            "LoopsShutDownTest.java",
            "Races.java",
            // Go on for a given time.
            "Fuzz.java",
            "SoakTest.java",
            // Prints the time.
            "Transcript.java");

    private static final Pattern PACKAGE = Pattern.compile("package ([a-z.]+);");
    private static final Pattern IMPORT =
            Pattern.compile("import (?:static )?(io\\.github\\.qmpreactive\\.test[a-z.]*)\\.[A-Z].*;");

    private record Source(Path file, String packageName, List<String> lines) {

        static Source read(Path file) {
            try {
                List<String> lines = Files.readAllLines(file);
                return new Source(file, matches(PACKAGE, lines).findFirst().orElseThrow(), lines);
            } catch (IOException e) {
                throw new AssertionError(file.toString(), e);
            }
        }

        Stream<String> imports() {
            return matches(IMPORT, lines);
        }

        private static Stream<String> matches(Pattern pattern, List<String> lines) {
            return lines.stream().map(pattern::matcher).filter(Matcher::matches).map(matcher -> matcher.group(1));
        }
    }

    private static List<Source> sources() throws IOException {
        return sources(SOURCES);
    }

    private static List<Source> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Source> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Source::read)
                    .toList();
            assertTrue(sources.size() > 40, "the sources are not where they were");
            return sources;
        }
    }

    @Test
    @DisplayName("There is no cycle between packages")
    void cycles() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (Source source : sources()) {
            uses.computeIfAbsent(source.packageName(), name -> new TreeSet<>())
                    .addAll(source.imports().toList());
        }
        uses.forEach((name, used) -> used.remove(name));
        // What uses nothing that is left can be taken away; a cycle cannot.
        while (uses.values().removeIf(used -> used.stream().noneMatch(uses::containsKey))) {
            assertTrue(uses.size() < 1000);
        }
        assertEquals(Map.of(), uses);
    }

    @Test
    @DisplayName("JUnit is used where it says so, and nowhere else")
    void junit() throws IOException {
        for (Source source : sources()) {
            boolean uses = source.lines().stream().anyMatch(line -> line.startsWith("import org.junit."));
            assertTrue(
                    !uses || Set.of(JUNIT, CONTRACT).contains(source.packageName()),
                    () -> source.file() + " uses JUnit");
            assertTrue(
                    source.packageName().equals(JUNIT) || source.imports().noneMatch(JUNIT::equals),
                    () -> source.file() + " uses " + JUNIT);
        }
    }

    @Test
    @DisplayName("The description of the root package leads to every public package")
    void description() throws IOException {
        Set<String> packages = new TreeSet<>();
        sources().stream()
                .map(Source::packageName)
                .filter(name -> !name.startsWith(ROOT + ".internal"))
                .forEach(packages::add);
        String text = Files.readString(SOURCES.resolve(ROOT.replace('.', '/')).resolve("package-info.java"));
        for (String name : packages) {
            assertTrue(
                    Pattern.compile("@link(plain)?\\s[\\s*]*" + Pattern.quote(name) + "\\.[A-Z]")
                            .matcher(text)
                            .find(),
                    name);
        }
        assertTrue(packages.size() > 5, packages::toString);
    }

    @Test
    @DisplayName("Tests read no clock: they wait for what has to happen, with Patience, and measure no time")
    void clocks() throws IOException {
        for (Source source : sources(MODULE.resolve("src/test/java"))) {
            String name = source.file().getFileName().toString();
            if (!WITH_CLOCK.contains(name)
                    && !name.equals("SourceRulesTest.java")
                    && !source.packageName().startsWith("io.github.qmpreactive.bench")) {
                source.lines().forEach(line -> assertFalse(CLOCK.matcher(line).find(), () -> name + ": " + line));
            }
        }
    }

    @Test
    @DisplayName("No file has more than 400 lines")
    void sizes() throws IOException {
        for (Source source : sources()) {
            assertTrue(
                    source.lines().size() <= 400,
                    () -> source.file() + " has " + source.lines().size());
        }
    }
}
