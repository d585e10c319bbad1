package io.github.qmpreactive.test.junit;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Counts the tests that were left out, and says so when JUnit closes it at the end of the run. */
final class LeftOutTests implements ClosedByJUnit {

    private final Map<String, Integer> counts = new TreeMap<>();

    /** Those of this run. */
    static LeftOutTests of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(LeftOutTests.class))
                .getOrComputeIfAbsent(LeftOutTests.class, key -> new LeftOutTests(), LeftOutTests.class);
    }

    synchronized void add(String reason, AnnotatedElement left) {
        counts.merge(reason, left instanceof Class<?> type ? testsOf(type) : 1, Integer::sum);
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
        counts.forEach((reason, count) ->
                System.out.println("Tests left out for want of QEMU: " + count + ". Reason: " + reason + "."));
    }
}
