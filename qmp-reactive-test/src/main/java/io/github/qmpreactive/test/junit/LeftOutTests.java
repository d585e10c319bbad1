package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Counts the tests that were left out. Prints them and the programs of the run when JUnit closes it at the end of the run. */
final class LeftOutTests implements ClosedByJUnit {

    private static final int MAX_REASONS = 20;
    private static final int MAX_LENGTH = 300;
    private static final String ASSUMPTION = "Assumption failed: ";

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Set<QemuBinary> programs = EnumSet.noneOf(QemuBinary.class);
    private int others;

    /** Returns the counter of this run. */
    static LeftOutTests of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(LeftOutTests.class))
                .getOrComputeIfAbsent(LeftOutTests.class, key -> new LeftOutTests(), LeftOutTests.class);
    }

    /** Adds a program that a test of this run asks for, whether or not it is there. */
    synchronized void uses(QemuBinary program) {
        programs.add(program);
    }

    synchronized void add(String reason, AnnotatedElement left) {
        int tests = left instanceof Class<?> type ? testsOf(type) : 1;
        if (counts.containsKey(reason) || counts.size() < MAX_REASONS) {
            counts.merge(reason, tests, Integer::sum);
        } else {
            others += tests;
        }
    }

    /** Adds a test, or a class, that an assumption has aborted. */
    void addAborted(ExtensionContext context, @Nullable Throwable assumption) {
        context.getElement().ifPresent(element -> add(reason(assumption), element));
    }

    private static String reason(@Nullable Throwable assumption) {
        String message = assumption == null || assumption.getMessage() == null ? "" : assumption.getMessage();
        String line = message.strip().lines().findFirst().orElse("an assumption failed");
        String reason = line.startsWith(ASSUMPTION) ? line.substring(ASSUMPTION.length()) : line;
        return reason.length() > MAX_LENGTH ? reason.substring(0, MAX_LENGTH) + "..." : reason;
    }

    private static int testsOf(Class<?> type) {
        int own = AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN)
                .size();
        return own
                + Arrays.stream(type.getDeclaredClasses())
                        .filter(inner -> AnnotationSupport.isAnnotated(inner, Nested.class))
                        .mapToInt(LeftOutTests::testsOf)
                        .sum();
    }

    @Override
    public synchronized void close() {
        counts.forEach((reason, count) -> System.out.println("Tests left out: " + count + ". Reason: " + reason + "."));
        if (others > 0) {
            System.out.println("Tests left out: and " + others + " more, for other reasons.");
        }
        int all = others + counts.values().stream().mapToInt(Integer::intValue).sum();
        String ran = programs.stream().map(LeftOutTests::describe).collect(Collectors.joining(", "));
        System.out.println("Tests ran with " + ran + "; left out: " + all + ".");
    }

    private static String describe(QemuBinary program) {
        String name =
                switch (program) {
                    case SYSTEM -> "QEMU";
                    case STORAGE_DAEMON -> "storage daemon";
                    case GUEST_AGENT -> "agent";
                };
        Optional<Path> path = program.find();
        return path.isEmpty() ? "no " + name : name + " " + version(program) + " (" + path.get() + ")";
    }

    private static String version(QemuBinary program) {
        try {
            return program.version().map(LeftOutTests::number).orElse("of unknown version");
        } catch (IllegalStateException e) {
            return "of unknown version";
        }
    }

    static String number(QemuVersion version) {
        return version.major() + "." + version.minor() + "." + version.micro();
    }
}
