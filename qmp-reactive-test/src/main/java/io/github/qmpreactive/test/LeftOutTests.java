package io.github.qmpreactive.test;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Counts the tests that were left out, and says so when JUnit closes it at the end of the run. */
final class LeftOutTests implements AutoCloseable {

    private final Map<QemuBinary, Integer> counts = new EnumMap<>(QemuBinary.class);

    synchronized void add(QemuBinary missing, AnnotatedElement left) {
        counts.merge(missing, left instanceof Class<?> type ? testsOf(type) : 1, Integer::sum);
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
        counts.forEach((binary, count) ->
                System.out.println("Tests left out for want of QEMU: " + count + ". " + binary.installHint() + "."));
    }
}
