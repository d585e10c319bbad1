package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks JUnit tests that need a real QEMU, and take it as a parameter: of the test, of {@code @BeforeEach},
 * {@code @BeforeAll} or of the constructor; in parameterized tests behind their own.
 *
 * <ul>
 *   <li>{@link QemuProcess}: the process. {@link io.github.qmpreactive.QmpClient}: a client with its address.
 *       {@link io.github.qmpreactive.QmpSession}: a session on another monitor, disconnected after the test.
 *       {@link io.github.qmpreactive.QmpListener}: see {@link Monitor#DIAL_IN}.
 *   <li>With {@link QemuBinary#GUEST_AGENT}: {@code QemuProcess}, and either {@link io.github.qmpreactive.QgaClient} or
 *       {@link io.github.qmpreactive.QgaSession}, since an agent serves one client at a time.
 *   <li>Each test has a QEMU of its own, started when the first parameter needs it and closed after the test's
 *       {@code @AfterEach}. A QEMU that is a parameter of {@code @BeforeAll}, or of the constructor of a class with one
 *       instance for all tests, serves the whole class; so does {@link Scope#CLASS}.
 *   <li>If the program is not installed, the tests are skipped, with a reason that says how to install it. They fail
 *       instead if the system property {@code qmp.qemu.required} is {@code true}, or if the environment variable of
 *       {@link QemuBinary} names a program that does not exist. If the version of the program does not match
 *       {@link #version()}, the tests are skipped in either case. A failed assumption skips its test, too.
 *   <li>At the end of the run lines on standard output say how many were skipped, why, and which programs the others ran
 *       with: {@code Tests ran with QEMU 7.2.22 (/usr/bin/qemu-system-x86_64); left out: 3.}
 *   <li>All of them have the tag {@code qemu}, by which build tools select tests.
 *   <li>On a method, the annotation replaces that of the class; the method is still skipped if the class is.
 *   <li>If QEMU does not start, the test fails with what QEMU printed.
 *   <li>No process outlives the JVM, even if that is killed, where there is a {@code /bin/sh}.
 * </ul>
 *
 * <pre>{@code
 * @Test
 * @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32"}, version = "7.2+")
 * void pauses(QmpSession session) {
 *     StepVerifier.create(session.executeAndAwait("cont", "RESUME")).expectNextCount(1).verifyComplete();
 * }
 * }</pre>
 *
 * <p>For JUnit 5.12 and later, and JUnit 6. Other annotations may carry this one.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag("qemu")
@ExtendWith(QemuExtension.class)
public @interface Qemu {

    /** How clients and monitors connect. */
    enum Monitor {
        /** QEMU listens on UNIX sockets. */
        UNIX_SOCKET,

        /** QEMU listens on TCP ports of 127.0.0.1, which the system chooses. */
        TCP,

        /**
         * A {@link io.github.qmpreactive.QmpListener} listens before QEMU starts. QEMU connects to it, and connects
         * again whenever the connection is closed. The parameter {@code QmpSession} is the first session of the
         * listener, {@code QmpListener} is the listener itself: a test can have one of the two. {@code QmpClient} has
         * the address of another monitor, which listens on a UNIX socket.
         */
        DIAL_IN
    }

    /** Which tests share a QEMU. */
    enum Scope {
        /** One test. */
        TEST,

        /**
         * All tests of the class that has the annotation, and of its nested classes: started before the first, whether
         * or not it is a parameter of any, and closed after the last. Each test has a session of its own. Changes that
         * a test makes are visible to the next one. If a test ends QEMU, the tests after it fail.
         */
        CLASS
    }

    /** {@return arguments, as {@link QemuLauncher#withArgs} takes them; none by default} */
    String[] args() default {};

    /**
     * {@return the versions that are accepted; all by default}: {@code "7.2+"} is 7.2.0 and later, {@code "7.2"} is 7.2.0,
     * 7.2.1 and so on, {@code "<8.0"} is every version before 8.0.0, {@code "7.2..9.0"} is from 7.2.0 to the last 9.0. A
     * major version alone, and all three numbers, are understood as well. Any other text fails the test.
     */
    String version() default "";

    /** {@return the program; a whole machine by default} */
    QemuBinary binary() default QemuBinary.SYSTEM;

    /** {@return how clients and monitors connect; on UNIX sockets by default, and always with a guest agent} */
    Monitor monitor() default Monitor.UNIX_SOCKET;

    /** {@return how many monitors there are, besides that of {@code QmpSession}; 1 by default} */
    int monitors() default 1;

    /** {@return whether the machine runs from the beginning, without {@code -S}; by default it waits for {@code cont}} */
    boolean running() default false;

    /**
     * A guest without an operating system, as {@link QemuLauncher#withGuest} takes it; the machine runs from the
     * beginning then, a pc unless {@link #args()} say otherwise, and its guest has started before the test gets it.
     *
     * @return the guest; none by default
     */
    TinyGuest[] guest() default {};

    /** {@return how many seconds QEMU may take to listen; 10 by default} */
    int startTimeout() default 10;

    /** {@return which tests one QEMU serves; one test by default} */
    Scope scope() default Scope.TEST;
}
