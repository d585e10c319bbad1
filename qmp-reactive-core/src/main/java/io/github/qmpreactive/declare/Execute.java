package io.github.qmpreactive.declare;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a method of an interface for {@link QmpCommands} with the command that it executes. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Execute {

    /**
     * The name of the command, as QEMU spells it.
     *
     * @return for example {@code "query-block"} or {@code "device_add"}
     */
    String value();

    /**
     * Whether it is executed out of band, as with {@link io.github.qmpreactive.message.QmpCommand#oob()}. Default: in band.
     *
     * @return whether it is
     */
    boolean oob() default false;

    /**
     * The limit of each call, as with {@link io.github.qmpreactive.message.QmpCommand#timeout}, in the form of {@link
     * java.time.Duration#parse}. A parameter of the type {@code Duration} takes precedence. Default: the client's {@code
     * commandTimeout}.
     *
     * @return for example {@code "PT30S"}; empty for the default
     */
    String timeout() default "";

    /**
     * Whether a guest agent sends no reply to it when it succeeds, as to {@code guest-shutdown}: it is executed by {@link
     * io.github.qmpreactive.QgaSession#executeWithoutReply(io.github.qmpreactive.message.QmpCommand)}. The method returns
     * {@code Mono<Void>}. Not for a {@code QmpSession}. Default: a reply is expected.
     *
     * @return whether it is
     */
    boolean withoutReply() default false;
}
