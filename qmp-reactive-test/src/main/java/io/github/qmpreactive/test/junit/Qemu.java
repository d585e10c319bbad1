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
 *   <li>{@link QemuProcess}: the process. {@link io.github.qmpreactive.QmpClient}: a client with its address, on which
 *       nothing is open yet. {@link io.github.qmpreactive.QmpSession}: a session on a monitor of its own, so that it is in
 *       no one else's way; disconnected after the test. {@link io.github.qmpreactive.QmpListener}: see {@link Monitor#DIAL_IN}.
 *   <li>With {@link QemuBinary#GUEST_AGENT}: {@code QemuProcess}, and either {@link io.github.qmpreactive.QgaClient} or
 *       {@link io.github.qmpreactive.QgaSession}, since an agent serves one at a time.
 *   <li>Each test has a QEMU of its own, started when the first parameter needs it and closed after the test's
 *       {@code @AfterEach}. One that {@code @BeforeAll}, or the constructor of a class with one instance for all tests, has
 *       as a parameter serves the whole class, and so does {@link Scope#CLASS}.
 *   <li>Without the program on this computer the tests are skipped, with a reason that says how to install it. With the
 *       system property {@code qmp.qemu.required} set to {@code true} they fail, and so they do where the environment
 *       variable of {@link QemuBinary} names a program that is not there. A program of another version than {@link
 *       #version()} asks for leaves them out either way. An assumption that fails leaves its test out, too.
 *   <li>At the end of the run lines on standard output say how many were left out, and why. The last line says which
 *       programs the tests ran with: {@code Tests ran with QEMU 7.2.22 (/usr/bin/qemu-system-x86_64); left out: 3.}
 *   <li>All of them have the tag {@code qemu}, by which build tools select tests. With Maven, {@code -Dgroups=qemu} runs
 *       these tests alone, and {@code -DexcludedGroups=qemu} runs all others.
 *   <li>On a method it replaces what the class says, once what the class asks for is there.
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
@ExtendWith({QemuCondition.class, QemuExtension.class})
public @interface Qemu {

    /** How clients and monitors come together. */
    enum Monitor {
        /** QEMU listens on UNIX sockets. */
        UNIX_SOCKET,

        /** QEMU listens on TCP ports of 127.0.0.1, which the system chooses. */
        TCP,

        /**
         * A {@link io.github.qmpreactive.QmpListener} is there before QEMU starts, and QEMU dials in, again after each
         * hang-up. {@code QmpSession} is the first session that comes, {@code QmpListener} the listener itself: take one of
         * the two. {@code QmpClient} has a UNIX socket, as without it.
         */
        DIAL_IN
    }

    /** Whom a QEMU serves. */
    enum Scope {
        /** One test. */
        TEST,

        /**
         * All tests of the class that has the annotation, and of its nested classes: started before the first, whether or
         * not it is a parameter of any, and closed after the last. Each test has a session of its own. What a test leaves
         * changed the next one finds; a test that ends QEMU fails those after it.
         */
        CLASS
    }

    /** {@return arguments, as {@link QemuLauncher#withArgs} takes them; none by default} */
    String[] args() default {};

    /**
     * Which versions will do: {@code "7.2+"} is 7.2.0 and later, {@code "7.2"} is 7.2.0, 7.2.1 and so on, {@code "<8.0"} is
     * what came before 8.0.0, {@code "7.2..9.0"} is from 7.2.0 to the last 9.0. A major version alone, and all three
     * numbers, are understood as well. The program is asked once in the life of a JVM.
     *
     * @return the versions; all by default. Another text fails the test
     */
    String version() default "";

    /** {@return the program; a whole machine by default} */
    QemuBinary binary() default QemuBinary.SYSTEM;

    /**
     * {@return how clients and monitors come together: by default QEMU listens on UNIX sockets; a guest agent can do
     * nothing else}
     */
    Monitor monitor() default Monitor.UNIX_SOCKET;

    /** {@return options of the monitors, as {@link QemuLauncher#withMonitorOptions} takes them; none by default} */
    String[] monitorOptions() default {};

    /** {@return how many monitors there are, besides that of {@code QmpSession}; 1 by default} */
    int monitors() default 1;

    /** {@return whether the machine runs from the beginning, without {@code -S}; by default it waits for {@code cont}} */
    boolean running() default false;

    /**
     * A guest without an operating system, as {@link QemuLauncher#withGuest} takes it; the machine runs from the beginning
     * then, a pc unless {@link #args()} say otherwise, and its guest has begun before the test gets it.
     *
     * @return the guest; none by default
     */
    TinyGuest[] guest() default {};

    /**
     * {@return how many seconds QEMU may take to listen, as {@link QemuLauncher#withStartTimeout} takes it; 10 by
     * default}
     */
    int startTimeout() default 10;

    /** {@return which tests one QEMU serves; one test by default} */
    Scope scope() default Scope.TEST;
}
