package io.github.qmpreactive.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A command, ready to be executed any number of times; immutable.
 *
 * <pre>{@code
 * QmpCommand.of("device_del").arguments(Map.of("id", "usb0"))
 * }</pre>
 */
public final class QmpCommand {

    private static final JsonMapper DEFAULT_MAPPER = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    static {
        // Jackson initialises this class for its first exception. If that is one of endless arguments the stack is full
        // by
        // then, and the class stays unusable: no exception of Jackson's can be made in this JVM any more.
        Objects.requireNonNull(TokenStreamLocation.NA);
    }

    private final String name;
    private final ObjectNode arguments;
    private final boolean oob;
    private final Optional<Duration> timeout;

    private QmpCommand(String name, ObjectNode arguments, boolean oob, Optional<Duration> timeout) {
        this.name = name;
        this.arguments = arguments;
        this.oob = oob;
        this.timeout = timeout;
    }

    /**
     * A command without arguments, in band.
     *
     * @param name its name, for example {@code "query-status"}
     * @return the command
     * @throws IllegalArgumentException if the name is blank
     */
    public static QmpCommand of(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The name of a command must not be blank");
        }
        return new QmpCommand(name, JsonNodeFactory.instance.objectNode(), false, Optional.empty());
    }

    /**
     * Replaces the arguments. They are copied: what happens to the argument later changes nothing.
     * Members of a record or bean that are {@code null} are left out; a {@code null} in a map or in JSON is sent,
     * since to QEMU it means something.
     *
     * @param arguments a {@code Map}, an {@code ObjectNode}, a record or a bean
     * @return the new command
     * @throws IllegalArgumentException if it cannot be turned into JSON, or not into a JSON object
     */
    public QmpCommand arguments(Object arguments) {
        return arguments(arguments, DEFAULT_MAPPER);
    }

    /**
     * Replaces the arguments as {@link #arguments(Object)} does, with a mapper that knows the user's classes.
     *
     * @param arguments a {@code Map}, an {@code ObjectNode}, a record or a bean
     * @param mapper turns the argument into JSON
     * @return the new command
     * @throws IllegalArgumentException if it cannot be turned into JSON, or not into a JSON object
     */
    public QmpCommand arguments(Object arguments, JsonMapper mapper) {
        Objects.requireNonNull(arguments, "arguments");
        JsonNode tree;
        try {
            tree = arguments instanceof JsonNode node ? node.deepCopy() : mapper.valueToTree(arguments);
        } catch (JacksonException e) {
            throw refused(arguments, e.getOriginalMessage(), e);
        } catch (StackOverflowError e) {
            throw refused(arguments, "nested too deeply", e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            // A serializer of the user's may throw anything, errors of linkage included.
            throw refused(arguments, e.toString(), e);
        }
        if (!(tree instanceof ObjectNode object)) {
            throw new IllegalArgumentException("The arguments of " + name + " must make a JSON object, but "
                    + arguments.getClass().getName() + " makes " + tree.getNodeType());
        }
        return new QmpCommand(name, object, oob, timeout);
    }

    private IllegalArgumentException refused(Object arguments, String why, Throwable cause) {
        return new IllegalArgumentException(
                "The arguments of " + name + " cannot be turned into JSON: "
                        + arguments.getClass().getName() + ", " + why,
                cause);
    }

    /**
     * Makes the command out of band: the server runs it at once, while other commands are running. Only
     * commands that QEMU marks {@code allow-oob} can, and only where the capability {@code oob} is enabled.
     *
     * @return the new command
     */
    public QmpCommand oob() {
        return oob ? this : new QmpCommand(name, arguments, true, timeout);
    }

    /**
     * Limits this command, from subscribing to its reply, waiting for its turn included. Default: the client's {@code
     * commandTimeout}.
     *
     * <ul>
     *   <li>When it passes, the command errors with {@code ExecTimeoutError}; what was written may still take effect.
     *   <li>{@code executeAndAwait} gives the event as long again, from the reply on, unless the client has an {@code
     *       eventTimeout} or the wait has a limit of its own.
     * </ul>
     *
     * @param timeout more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is no limit
     * @return the new command
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpCommand timeout(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException(
                    "The timeout of " + name + " is " + timeout + ", but has to be more than zero");
        }
        return new QmpCommand(name, arguments, oob, Optional.of(timeout));
    }

    /**
     * Its name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Its arguments.
     *
     * @return a copy of them; an empty object where there are none
     */
    public ObjectNode arguments() {
        return arguments.deepCopy();
    }

    /**
     * Whether it is to be executed out of band.
     *
     * @return whether it is
     */
    public boolean isOob() {
        return oob;
    }

    /**
     * Its own limit.
     *
     * @return the limit; empty for the client's
     */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /**
     * The message as it is sent, but for the id, which each execution adds:
     * {@code {"execute": name, "arguments": {...}}}, with {@code exec-oob} in place of {@code execute} for a
     * command out of band, and without {@code arguments} where there are none.
     *
     * @return a new object, free to be changed
     */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put(oob ? "exec-oob" : "execute", name);
        if (!arguments.isEmpty()) {
            json.set("arguments", arguments.deepCopy());
        }
        return json;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QmpCommand that
                && name.equals(that.name)
                && oob == that.oob
                && timeout.equals(that.timeout)
                && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, oob, timeout, arguments);
    }

    /** Its name alone: arguments may hold secrets. */
    @Override
    public String toString() {
        return oob ? name + " (out of band)" : name;
    }
}
