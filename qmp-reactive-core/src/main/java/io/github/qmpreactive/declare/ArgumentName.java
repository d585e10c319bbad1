package io.github.qmpreactive.declare;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the argument that a parameter of a method with {@link Execute} is sent as. Without it, that is the name of the
 * parameter in kebab-case: {@code nodeName} is sent as {@code node-name}.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface ArgumentName {

    /**
     * The name of the argument, as QEMU spells it.
     *
     * @return for example {@code "bps_rd"}
     */
    String value();
}
