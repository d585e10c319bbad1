package io.github.qmpreactive.test.internal.junit;

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
public final class LeftOutTests implements ClosedByJUnit {

    private static final String ASSUMPTION = "Assumption failed: ";

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Set<QemuBinary> programs = EnumSet.noneOf(QemuBinary.class);

    private LeftOutTests() {}

    public static LeftOutTests of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(LeftOutTests.class))
                .getOrComputeIfAbsent(LeftOutTests.class, key -> new LeftOutTests(), LeftOutTests.class);
    }

    /** Adds a program that a test of this run asks for, whether or not it is there. */
    public synchronized void uses(QemuBinary program) {
        programs.add(program);
    }

    public synchronized void add(ExtensionContext left, String reason) {
        left.getElement().ifPresent(element -> counts.merge(reason, testsOf(element), Integer::sum));
    }

    /** Adds a test, or a class, that an assumption has aborted. */
    public void addAborted(ExtensionContext left, @Nullable Throwable assumption) {
        String line = Optional.ofNullable(assumption)
                .map(Throwable::getMessage)
                .flatMap(message -> message.strip().lines().findFirst())
                .orElse("an assumption failed");
        add(left, line.startsWith(ASSUMPTION) ? line.substring(ASSUMPTION.length()) : line);
    }

    private static int testsOf(AnnotatedElement element) {
        if (!(element instanceof Class<?> type)) {
            return 1;
        }
        return AnnotationSupport.findAnnotatedMethods(type, Testable.class, HierarchyTraversalMode.TOP_DOWN)
                        .size()
                + Arrays.stream(type.getDeclaredClasses())
                        .filter(inner -> AnnotationSupport.isAnnotated(inner, Nested.class))
                        .mapToInt(LeftOutTests::testsOf)
                        .sum();
    }

    @Override
    public synchronized void close() {
        counts.forEach((reason, count) -> System.out.println("Tests left out: " + count + ". Reason: " + reason + "."));
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
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

    /** A version without the package. */
    public static String number(QemuVersion version) {
        return version.major() + "." + version.minor() + "." + version.micro();
    }
}
