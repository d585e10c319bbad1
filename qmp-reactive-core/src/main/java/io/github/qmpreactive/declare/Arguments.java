package io.github.qmpreactive.declare;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of a method with {@link Execute} that holds all arguments of the command: a record, a bean, a {@code
 * Map}, or an {@code ObjectNode}. The method has no other arguments.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Arguments {}
