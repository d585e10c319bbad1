package io.github.qmpreactive.schema;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a QEMU has, as it describes itself with {@code query-qmp-schema}: its commands, its events, and the types of all
 * that is in them. {@code QmpSession.schema()} emits the schema of a session's QEMU. Immutable, safe for use by several
 * threads.
 *
 * <pre>{@code
 * session.schema()
 *         .map(schema -> schema.supports("blockdev-add/arg-type/+file/aio/^io_uring") ? "io_uring" : "threads")
 * }</pre>
 *
 * <p><b>"In the schema" does not mean "works on this target".</b> QEMU builds what it describes for all targets at once:
 * {@code query-gic-capabilities} is in the schema of an x86 QEMU 11.1, and fails there. Whether a host, a machine or a
 * guest can do what a command asks for is decided when it runs. The other way round is safe: what is not in the schema,
 * QEMU refuses. There are three exceptions: {@code device_add} takes the properties of devices, which are not in the schema;
 * before QEMU 6.0 {@code object-add} takes those of objects; and a QEMU that was started with {@code -compat
 * deprecated-output=hide} does not list what is deprecated, which it accepts all the same.
 */
public final class QmpSchema {

    private final Map<String, SchemaCommand> commands;
    private final Map<String, SchemaEvent> events;

    QmpSchema(Map<String, SchemaCommand> commands, Map<String, SchemaEvent> events) {
        this.commands = Collections.unmodifiableMap(commands);
        this.events = Collections.unmodifiableMap(events);
    }

    /**
     * Reads a schema.
     *
     * @param reply what {@code query-qmp-schema} returned; not kept
     * @return the schema
     * @throws IllegalArgumentException if it is no schema; says which entry is wrong, and what is wrong with it
     */
    public static QmpSchema of(JsonNode reply) {
        return SchemaReader.read(reply);
    }

    /**
     * Tells whether QEMU has what a path leads to. The paths are those of libvirt:
     *
     * <table>
     *   <caption>What is between the slashes</caption>
     *   <tr><td>{@code blockdev-add}</td><td>first: the name of a command or an event</td></tr>
     *   <tr><td>{@code arg-type}, {@code ret-type}</td><td>second: the arguments of a command or the data of an event; the
     *       result of a command</td></tr>
     *   <tr><td>{@code name}</td><td>a member of an object, which it has whatever its tag is</td></tr>
     *   <tr><td>{@code *name}</td><td>the same, if it is optional</td></tr>
     *   <tr><td>{@code +case}</td><td>what an object has in addition if its tag has this value</td></tr>
     *   <tr><td>{@code ^value}</td><td>a value of an enum; last, or before a feature of the value</td></tr>
     *   <tr><td>{@code !type}</td><td>the JSON type of a builtin type ({@link BuiltinType#jsonType()}); last</td></tr>
     *   <tr><td>{@code $feature}</td><td>a feature of the command, event, member, type or value before it; last</td></tr>
     * </table>
     *
     * <p>A list counts as its elements, and an alternate as each of its types. A member whose name begins with one of these
     * signs has a space before its name. libvirt has no feature of a member: there {@code $feature} behind a member is of
     * the member's type alone; here it is of either.
     *
     * @param path for example {@code "blockdev-add/arg-type/+file/aio/^io_uring"}
     * @return whether the path leads to something
     * @throws IllegalArgumentException if no schema can have such a path: an empty part, a second part that is none of the
     *     above, or a part behind one that has to be last; says which part
     */
    public boolean supports(String path) {
        return SchemaPath.parse(path).isIn(this);
    }

    /** {@return the names of the commands, in the schema's order} */
    public Set<String> commands() {
        return commands.keySet();
    }

    /** {@return the names of the events, in the schema's order} */
    public Set<String> events() {
        return events.keySet();
    }

    /**
     * Returns a command.
     *
     * @param name its name
     * @return the command; empty if QEMU has none of this name
     */
    public Optional<SchemaCommand> command(String name) {
        return Optional.ofNullable(commands.get(name));
    }

    /**
     * Returns an event.
     *
     * @param name its name
     * @return the event; empty if QEMU has none of this name
     */
    public Optional<SchemaEvent> event(String name) {
        return Optional.ofNullable(events.get(name));
    }

    /**
     * Compares it with the schema of another QEMU, for example before an upgrade. Types are compared by what they have,
     * not by their names.
     *
     * @param newer the other schema
     * @return what the newer one has and this one does not, and the other way round
     * @throws IllegalArgumentException if both are so large that it would take minutes; those of QEMU take less than a
     *     thirtieth of that
     */
    public SchemaDifference differenceTo(QmpSchema newer) {
        return new SchemaComparison(this, newer).difference();
    }

    @Override
    public String toString() {
        return "QMP schema of " + commands.size() + " commands and " + events.size() + " events";
    }
}
