package io.github.qmpreactive.test.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Fails JUnit tests that lose something, or leave something behind: all that {@link Guard} lists.
 *
 * <ul>
 *   <li>The test fails, also if its own assertions have passed, with the name of what it was and a way to put it right. What
 *       a test found when it began does not count, nor what is gone within 5 seconds after its {@code @AfterEach}; only a
 *       test that leaves something behind waits that long. JUnit's configuration parameter {@code qmp.guards.patience}
 *       sets another number of milliseconds.
 *   <li>What {@link Qemu} gives to a test is closed before.
 *   <li>Signals that were dropped after a test's end fail its class.
 *   <li>What is opened before the first test, in {@code @BeforeAll} for example, is the class's affair.
 *   <li>All of it belongs to the JVM as a whole, so with parallel execution a class with this annotation runs alone, its
 *       tests one after the other.
 *   <li>A nested class may have an annotation of its own, which replaces that of the class around it.
 * </ul>
 *
 * <p>For JUnit 5.12 and later, and JUnit 6.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Isolated("guards look at the whole JVM")
@Execution(ExecutionMode.SAME_THREAD)
@ExtendWith(LeakGuard.class)
public @interface QmpGuards {

    /** {@return guards that are left out; none by default} */
    Guard[] except() default {};
}
