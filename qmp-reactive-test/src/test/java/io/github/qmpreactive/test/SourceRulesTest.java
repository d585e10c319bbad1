package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
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
    private static final Path TESTS = MODULE.resolve("src/test/java");
    private static final Path EXAMPLES = MODULE.resolve("src/examples/java");
    private static final Path BENCHMARKS = MODULE.resolve("src/jmh/java");

    private static final String ROOT = "io.github.qmpreactive.test";
    private static final String JUNIT = ROOT + ".junit";

    /** What cannot be in an internal package. */
    private static final Set<String> NOT_PUBLIC = Set.of(
            // The methods of two public classes: they would have an internal type as their superclass.
            "FakeExtension.java",
            // Reads the annotation that names it: the two packages would need each other.
            "QemuExtension.java");

    private static final Set<String> WITH_JUNIT = Set.of(JUNIT, ROOT + ".contract", ROOT + ".internal.junit");

    private static final Pattern CLOCK =
            Pattern.compile("System\\.(nanoTime|currentTimeMillis)|Instant\\.now|Thread\\.sleep");

    /** What may read a clock: none of them has a limit that a busy machine exceeds. */
    private static final Set<String> WITH_CLOCK = Set.of(
            // The limit of all others.
            "Patience.java",
            // Waits for what ends a moment later, no longer than the guards of the kit.
            "ResourceGuard.java",
            // Pass a random time before they cancel, or shut down.
            "EmissionRace.java",
            "LoopsShutDownTest.java",
            "Races.java",
            // Go on for a given time.
            "Fuzz.java",
            "SoakTest.java",
            "FleetSoakTest.java",
            // Prints the time.
            "Transcript.java");

    private static final Pattern STARTS_TIMER = Pattern.compile("\\.schedule\\(|Mono\\.delay\\(|Flux\\.interval\\(");
    private static final Pattern SECONDS = Pattern.compile("Duration (\\w+) =\\s+Duration\\.ofSeconds\\(\\d");

    /** What has a limit of so many seconds, and no test fails when it is exceeded. */
    private static final Set<String> WITH_SECONDS = Set.of(
            // Their time is virtual.
            "MutatedSession.java",
            "ProbeTest.java",
            "SupervisorLifecycleTest.java",
            "EachTest.java",
            // Wait until it is exceeded.
            "QemuAgentRefusesSyncTest.java",
            "VmController.java",
            "QemuProbeTest.java",
            "QemuSupervisorTest.java",
            "QemuFleetTest.java",
            "QemuTlsTest.java",
            "RaceTest.java",
            "SeededBugsTest.java",
            "VerifiedSessionTest.java",
            // For users, not run as tests.
            "AgentSnippets.java",
            "GuestSnippets.java",
            "SuperviseSnippets.java",
            "FleetSnippets.java",
            "CommandLine.java",
            "Snippets.java");

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

    private static List<Source> sources(Path... folders) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                List<Source> found = files.filter(file -> file.toString().endsWith(".java"))
                        .map(Source::read)
                        .toList();
                assertTrue(found.size() > 8, "the sources are not where they were");
                sources.addAll(found);
            }
        }
        return sources;
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
            assertTrue(!uses || WITH_JUNIT.contains(source.packageName()), () -> source.file() + " uses JUnit");
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
    @DisplayName("The public packages have only types that users see: what is behind them is in internal packages")
    void publicPackages() throws IOException {
        Set<String> hidden = new TreeSet<>();
        for (Source source : sources()) {
            String name = source.file().getFileName().toString();
            if (!source.packageName().startsWith(ROOT + ".internal")
                    && !name.equals("package-info.java")
                    && source.lines().stream().noneMatch(line -> line.startsWith("public "))) {
                hidden.add(name);
            }
        }
        assertEquals(NOT_PUBLIC, hidden);
    }

    @Test
    @DisplayName("Tests and examples read no clock: they wait for what has to happen, and measure no time")
    void clocks() throws IOException {
        for (Source source : sources(TESTS, EXAMPLES)) {
            String name = source.file().getFileName().toString();
            if (!WITH_CLOCK.contains(name) && !name.equals("SourceRulesTest.java")) {
                source.lines().forEach(line -> assertFalse(CLOCK.matcher(line).find(), () -> name + ": " + line));
            }
        }
    }

    @Test
    @DisplayName("Tests wait with Patience: none has a limit of its own in seconds, which a busy machine exceeds")
    void limits() throws IOException {
        List<Source> sources = new ArrayList<>(sources(MODULE.resolve("src/test/java")));
        sources.addAll(sources(MODULE.resolveSibling("qmp-reactive-core").resolve("src/test/java")));
        for (Source source : sources) {
            String name = source.file().getFileName().toString();
            if (!WITH_SECONDS.contains(name)
                    && !name.equals("SourceRulesTest.java")
                    && !source.packageName().startsWith("io.github.qmpreactive.bench")) {
                assertEquals(List.of(), limits(String.join("\n", source.lines())), name);
            }
        }
        String all =
                "block(\nDuration.ofSeconds(20)) Duration A = Duration.ofSeconds(1) awaitX(A) aTimeout(A) timeout(AB)";
        assertEquals(3, limits(all).size());
    }

    /** Calls that wait for seconds, given as a number or as a constant. */
    private static List<String> limits(String text) {
        StringBuilder seconds = new StringBuilder("Duration\\.ofSeconds\\(\\d");
        SECONDS.matcher(text).results().forEach(constant -> seconds.append("|")
                .append(constant.group(1))
                .append("\\b"));
        return Pattern.compile("\\b(?:block\\w*|verify|await\\w*|probe|\\w*[tT]imeout)\\(\\s*(?:" + seconds + ")")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    @DisplayName(
            "Enums that the library hands out say whether they may grow, and interfaces of the client who implements them")
    void growth() throws IOException {
        Path core = MODULE.resolveSibling("qmp-reactive-core").resolve("src/main/java/io/github/qmpreactive");
        // Given to the library: a user switches on none of them.
        Set<String> given = Set.of(
                "EventOverflow",
                "HandshakeMode",
                "OobMode",
                "IdPolicy",
                "FdAccess",
                "WhenReady",
                "QemuBinary",
                "TinyGuest");
        List<Source> sources = new ArrayList<>(sources(core));
        sources.addAll(sources());
        Pattern type = Pattern.compile("(?s)/\\*\\*((?:(?!\\*/).)*)\\*/\\s+public (enum|interface) (\\w+)");
        int found = 0;
        for (Source source : sources) {
            Matcher types = type.matcher(String.join("\n", source.lines()));
            while (!source.packageName().contains("internal") && types.find()) {
                boolean isEnum = types.group(2).equals("enum");
                String said = isEnum ? "add" : "Not to be implemented by applications";
                if (isEnum
                        ? !given.contains(types.group(3))
                        : source.packageName().endsWith(".qmpreactive")) {
                    found++;
                    assertTrue(types.group(1).contains(said), types.group(3));
                }
            }
        }
        assertTrue(found >= 12, "only " + found);
    }

    @Test
    @DisplayName("Timers are started with Timers, which a clock that is disposed of does not fail")
    void timers() throws IOException {
        // A socket's own loop, and what QEMU takes by the clock on the wall.
        Set<String> others = Set.of("FakeListener.java", "FakeLoop.java", "Timers.java");
        for (Source source : sources()) {
            String name = source.file().getFileName().toString();
            String text = String.join("", source.lines());
            assertTrue(others.contains(name) || !STARTS_TIMER.matcher(text).find(), name);
        }
    }

    @Test
    @DisplayName("No file of the kit, the examples or the benchmarks has more than 400 lines")
    void sizes() throws IOException {
        for (Source source : sources(SOURCES, EXAMPLES, BENCHMARKS)) {
            assertTrue(
                    source.lines().size() <= 400,
                    () -> source.file() + " has " + source.lines().size());
        }
    }
}
