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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The sources of the core")
class SourceRulesTest {

    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final String ROOT = "io.github.qmpreactive";
    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?(" + ROOT + "[a-z.]*)\\.[A-Z].*;$");

    private static final List<String> OPERATIONS =
            List.of("job", "device", "migration", "guest", "declare", "supervise", "fleet");

    /** What each package may use beside itself: one direction, no cycle. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            entry(".message"),
            entry(".option", ".message"),
            entry(".error", ".message"),
            entry(".schema"),
            entry(".internal.log"),
            entry(".observe", ".message", ".error", ".internal.log"),
            entry(".internal.observation", ".error", ".observe", ".internal.log"),
            entry(".internal.loop", ".internal.log"),
            entry(".internal.codec", ".message", ".error"),
            entry(".internal.transport", ".message", ".option", ".error", ".internal.log", ".internal.loop"),
            entry(".internal.outbound", ".error", ".internal.loop", ".internal.transport"),
            entry(
                    ".internal.commands",
                    ".message",
                    ".option",
                    ".error",
                    ".internal.codec",
                    ".internal.transport",
                    ".internal.log",
                    ".internal.loop",
                    ".internal.observation",
                    ".internal.outbound"),
            entry(
                    ".internal.events",
                    ".message",
                    ".option",
                    ".error",
                    ".observe",
                    ".internal.log",
                    ".internal.loop",
                    ".internal.observation"),
            entry(
                    ".internal.session",
                    ".message",
                    ".option",
                    ".error",
                    ".schema",
                    ".internal.codec",
                    ".internal.transport",
                    ".internal.log",
                    ".internal.loop",
                    ".internal.observation",
                    ".internal.outbound",
                    ".internal.commands",
                    ".internal.events"),
            entry(
                    ".internal.listen",
                    ".message",
                    ".error",
                    ".internal.transport",
                    ".internal.log",
                    ".internal.loop",
                    ".internal.session"),
            entry(
                    ".internal.agent",
                    ".message",
                    ".error",
                    ".internal.codec",
                    ".internal.transport",
                    ".internal.commands",
                    ".internal.session"),
            entry(
                    "",
                    ".message",
                    ".option",
                    ".error",
                    ".schema",
                    ".observe",
                    ".internal.observation",
                    ".internal.transport",
                    ".internal.commands",
                    ".internal.session",
                    ".internal.listen",
                    ".internal.agent",
                    ".internal.operation"),
            entry(
                    ".internal.operation",
                    ".message",
                    ".error",
                    ".internal.codec",
                    ".internal.commands",
                    ".internal.log",
                    ".internal.loop"),
            entry(".job", "", ".message", ".option", ".error", ".internal.operation"),
            entry(".device", "", ".message", ".option", ".error", ".internal.operation"),
            entry(".migration", "", ".message", ".option", ".error", ".internal.operation"),
            entry(".guest", "", ".message", ".error", ".internal.operation"),
            entry(".supervise", "", ".message", ".option", ".error", ".internal.operation"),
            entry(".fleet", "", ".option", ".error", ".supervise", ".internal.operation"),
            entry(".declare", "", ".message", ".option", ".error", ".schema", ".internal.operation"));

    private static Map.Entry<String, Set<String>> entry(String of, String... mayUse) {
        return Map.entry(of, Set.of(mayUse));
    }

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

    @Test
    @DisplayName(
            "Of the client's internals operations use internal.operation alone; nothing stands on them but a fleet on supervision")
    void operations() {
        for (String operation : OPERATIONS) {
            assertTrue(
                    Files.isDirectory(SOURCES.resolve(Path.of("io", "github", "qmpreactive", operation))), operation);
            sources().forEach((file, lines) -> {
                String text = String.join("\n", lines);
                if (file.startsWith(SOURCES.resolve(Path.of("io", "github", "qmpreactive", operation)))) {
                    String apart = text.replace(ROOT + ".internal.operation.", "");
                    assertFalse(apart.contains(ROOT + ".internal"), file::toString);
                } else if (!file.endsWith("package-info.java") && !isOnSupervision(file, operation)) {
                    assertFalse(text.contains(ROOT + "." + operation + "."), file::toString);
                }
            });
        }
    }

    /** A fleet is many supervised sessions. */
    private static boolean isOnSupervision(Path file, String operation) {
        return operation.equals("supervise")
                && file.startsWith(SOURCES.resolve(Path.of("io", "github", "qmpreactive", "fleet")));
    }

    @Test
    @DisplayName("What packages may use of each other makes no circle")
    void noCircle() {
        Set<String> below = new TreeSet<>();
        while (MAY_USE.entrySet().stream()
                .anyMatch(may -> below.containsAll(may.getValue()) && below.add(may.getKey()))) {
            // One more package stands on those that are known to stand on none above them.
        }
        assertEquals(new TreeSet<>(MAY_USE.keySet()), below);
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
    @DisplayName("Timers are started by SessionLoop or Timers, which a clock that is shut down does not fail")
    void timers() {
        // Operations have a session only, and leave out what a clock that is shut down cannot do.
        Pattern clock = Pattern.compile("Schedulers\\.\\w+\\(\\)\\s*\\.schedule|Mono\\s*\\.delay|Flux\\s*\\.interval"
                + "|Retry\\s*\\.(?:fixedDelay|backoff)|\\.(?:timeout|delay\\w+|take|sample)\\(\\w*Duration");
        sources().forEach((file, lines) -> {
            if (!Set.of("Timers.java", "LogLimit.java", "Operations.java")
                    .contains(file.getFileName().toString())) {
                String code = lines.stream()
                        .filter(line -> !line.strip().startsWith("*"))
                        .collect(Collectors.joining("\n"));
                assertFalse(clock.matcher(code).find(), file::toString);
            }
        });
    }

    @Test
    @DisplayName("No file has more than 400 lines, and none that users see more than 300")
    void sizes() {
        sources().forEach((file, lines) -> {
            boolean isSeen = !file.toString().contains("internal")
                    && lines.stream().anyMatch(line -> line.startsWith("public "));
            int most = isSeen ? 300 : 400;
            assertTrue(lines.size() <= most, () -> file + " has " + lines.size());
        });
    }
}
