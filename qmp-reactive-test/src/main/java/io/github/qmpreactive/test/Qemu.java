package io.github.qmpreactive.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks JUnit tests that need a real QEMU, which they take as a parameter of type {@link QemuProcess}.
 *
 * <ul>
 *   <li>Each test method has a QEMU of its own, started when the parameter is resolved and closed after the test. One
 *       that is a parameter of the constructor or of a {@code @BeforeAll} method serves the whole class.
 *   <li>Without the program on this computer the tests are skipped, with a reason that says how to install it; at the
 *       end of the run a line on standard output says how many were. With the system property
 *       {@code qmp.qemu.required} set to {@code true} they fail.
 *   <li>On a method it replaces what the class says, once the program that the class asks for is there.
 *   <li>If QEMU does not start, the test fails with what QEMU printed.
 * </ul>
 *
 * <pre>{@code
 * @Test
 * @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32"})
 * void powersOff(QemuProcess qemu) {
 *     QmpClient client = QmpClient.create().address(qemu.address());
 *     ...
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(QemuExtension.class)
public @interface Qemu {

    /**
     * Arguments, as {@link QemuLauncher#withArgs} takes them.
     *
     * @return the arguments; none by default
     */
    String[] args() default {};

    /**
     * The program.
     *
     * @return a whole machine by default
     */
    QemuBinary binary() default QemuBinary.SYSTEM;

    /**
     * Options of the monitors, as {@link QemuLauncher#withMonitorOptions} takes them.
     *
     * @return the options; none by default
     */
    String[] monitorOptions() default {};

    /**
     * How many monitors there are.
     *
     * @return the number; 1 by default
     */
    int monitors() default 1;

    /**
     * Whether the first monitor listens on a TCP port.
     *
     * @return whether it does; by default it listens on a UNIX socket
     */
    boolean tcp() default false;

    /**
     * Whether the machine runs from the beginning.
     *
     * @return whether {@code -S} is left out; by default it waits for {@code cont}
     */
    boolean running() default false;
}
