package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaCommand;
import io.github.qmpreactive.schema.SchemaEvent;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.profile.ProfileFiles;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import io.github.qmpreactive.test.internal.schema.HiddenTypes;
import io.github.qmpreactive.test.internal.schema.InputVisitor;
import io.github.qmpreactive.test.internal.schema.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Checks commands, replies and events by the {@linkplain QmpSchema schema} of a QEMU: says of each what that QEMU would say,
 * or why that QEMU would never send it. Immutable, safe for use by several threads.
 *
 * <ul>
 *   <li>{@link #qemu(String)} and {@link #storageDaemon(String)} check by the schemas of QEMU 7.2, 10.0 and 11.1 for x86_64, as
 *       Debian builds it; {@link #qemu()} and {@link #storageDaemon()} by the newest of these.
 *   <li>The schema of another QEMU is what {@code query-qmp-schema} returns there: {@code SchemaCheck.of(reply)} takes it at
 *       once, {@link #read(Path)} from a file that it was written to.
 *   <li>Errors are worded as QEMU words them. Schemas do not tell everything that is in them: which integers are
 *       small or without a sign, and what alternates are called. A profile tells. For other schemas it is taken from the
 *       newest profile, as far as they are the same. An integer of which nothing is known may be any of 64 bits.
 *   <li>{@code device_add} takes its arguments apart by itself, so all that is checked of them is that there is a
 *       {@code driver}.
 * </ul>
 */
public final class SchemaCheck {

    /**
     * The one command that takes its arguments apart by itself ({@code 'gen': false} in QEMU's schema, which introspection
     * does not tell): it takes the properties of any device, and values of any type that can be written as an option.
     */
    private static final String UNTYPED = "device_add";

    /** Those that come with the kit, each read when it is first asked for. */
    private static final Map<String, SchemaCheck> SHIPPED = new ConcurrentHashMap<>();

    private final JsonNode json;
    private final QmpSchema schema;
    private final InputVisitor visitor;

    SchemaCheck(JsonNode json, List<String> hiddenTypes) {
        this.json = json;
        this.schema = QmpSchema.of(json);
        this.visitor = new InputVisitor(HiddenTypes.of(schema, hiddenTypes));
    }

    /** {@return the {@linkplain #qemu(String) check} of the newest version that comes with the kit} */
    public static SchemaCheck qemu() {
        return qemu(ProfileFiles.NEWEST);
    }

    /**
     * Returns a check by the schema of {@code qemu-system-x86_64} in a version that comes with the kit.
     *
     * @param version for example {@code "10.0"}
     * @return the check; the same one each time
     * @throws IllegalArgumentException if the kit has none of this version; lists those it has
     */
    public static SchemaCheck qemu(String version) {
        return shipped(version, ProfileFiles.SCHEMA);
    }

    /** {@return the {@linkplain #storageDaemon(String) check} of the newest version that comes with the kit} */
    public static SchemaCheck storageDaemon() {
        return storageDaemon(ProfileFiles.NEWEST);
    }

    /**
     * Returns a check by the schema of {@code qemu-storage-daemon} in a version that comes with the kit.
     *
     * @param version for example {@code "10.0"}
     * @return the check; the same one each time
     * @throws IllegalArgumentException if the kit has none of this version; lists those it has
     */
    public static SchemaCheck storageDaemon(String version) {
        return shipped(version, ProfileFiles.STORAGE_DAEMON_SCHEMA);
    }

    /**
     * Checks by the schema of a QEMU of yours.
     *
     * @param reply what {@code query-qmp-schema} returned, with or without the message around it; copied
     * @return the check
     * @throws IllegalArgumentException if it is no such thing; says which entry is wrong
     */
    public static SchemaCheck of(JsonNode reply) {
        JsonNode entries = reply.isObject() && reply.has("return") ? reply.path("return") : reply;
        return new SchemaCheck(entries.deepCopy(), hiddenTypes(ProfileFiles.NEWEST));
    }

    /**
     * Checks by the schema of a QEMU of yours, from a profile.
     *
     * @param content what {@link #of(JsonNode)} takes, as JSON text, as it is or compressed with gzip
     * @param hiddenTypes what introspection hides, as a profile has it: a line for each place
     * @return the check
     * @throws IllegalArgumentException if it is no such thing; says which entry is wrong
     */
    public static SchemaCheck parse(byte[] content, List<String> hiddenTypes) {
        return new SchemaCheck(json(content), hiddenTypes);
    }

    /**
     * Checks by the schema of a QEMU of yours, from a file; blocks.
     *
     * @param file what {@link #of(JsonNode)} takes, as JSON text, as it is or compressed with gzip
     * @return the check
     * @throws IllegalArgumentException if it is no such thing; names the file, and says which entry is wrong
     * @throws UncheckedIOException if the file cannot be read
     */
    public static SchemaCheck read(Path file) {
        try {
            return of(json(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static SchemaCheck shipped(String version, String file) {
        if (!ProfileFiles.SHIPPED.contains(version)) {
            throw new IllegalArgumentException("There is no schema of QEMU " + version + " in the kit, only of "
                    + String.join(", ", ProfileFiles.SHIPPED)
                    + ": take one of these, or SchemaCheck.of(what query-qmp-schema of your QEMU returns)");
        }
        return SHIPPED.computeIfAbsent(
                version + "/" + file,
                path -> parse(ProfileFiles.shipped(version).read(file), hiddenTypes(version)));
    }

    private static List<String> hiddenTypes(String version) {
        return ProfileFiles.shipped(version).lines(ProfileFiles.HIDDEN_TYPES);
    }

    private static JsonNode json(byte[] content) {
        return JsonText.read(new String(ProfileFiles.decompressed(content), StandardCharsets.UTF_8));
    }

    /** {@return the schema itself, which tells what there is} */
    public QmpSchema schema() {
        return schema;
    }

    /**
     * What QEMU answers a command instead of running it: that there is no such command, that it does not support OOB, or
     * the first thing that is wrong with its arguments. What QEMU finds wrong while it runs the command (that there is no
     * such device, for example) no schema tells.
     *
     * @param command the command
     * @return QEMU's error; empty if QEMU would run the command
     */
    public Optional<ErrorResponse> refusalOf(QmpCommand command) {
        return refusalOf(command.name(), command.arguments(), command.isOob());
    }

    /**
     * As {@link #refusalOf(QmpCommand)}, for what may be no proper command.
     *
     * @param command its name
     * @param arguments its arguments
     * @param oob whether it is to be executed out of band
     * @return QEMU's error; empty if QEMU would run the command
     */
    public Optional<ErrorResponse> refusalOf(String command, JsonNode arguments, boolean oob) {
        SchemaCommand entry = schema.command(command).orElse(null);
        if (entry == null) {
            return Optional.of(Refusals.notFound(command));
        }
        if (oob && !entry.allowsOob()) {
            return Optional.of(Refusals.notOob(command));
        }
        if (command.equals(UNTYPED)) {
            JsonNode driver = arguments.path("driver");
            boolean right = driver.isValueNode() && !driver.isNull();
            return right ? Optional.empty() : Optional.of(Refusals.generic("Parameter 'driver' is missing"));
        }
        return Optional.ofNullable(visitor.visit(entry.arguments(), arguments))
                .map(problem -> Refusals.generic(problem.inQemusWords()));
    }

    /**
     * Says why no command that QEMU runs has these arguments, whatever others it has beside them, at any depth.
     *
     * @param command the name of the command
     * @param some some of its arguments; numbers count by their value
     * @return the first reason, with its path within the arguments and what is right there; empty if there is none
     */
    public Optional<String> problemOfArguments(String command, JsonNode some) {
        return problemOf(
                command,
                "what it has",
                entry -> command.equals(UNTYPED) ? null : visitor.visitPart(entry.arguments(), some));
    }

    /**
     * Says why QEMU would never return this.
     *
     * @param command the name of the command
     * @param value what it returns
     * @return the first reason, with its path within the value and what is right there; empty if there is none
     */
    public Optional<String> problemOfReply(String command, JsonNode value) {
        return problemOf(command, "the reply", entry -> visitor.visit(entry.result(), value));
    }

    /**
     * Says why QEMU would never send this event.
     *
     * @param event its name
     * @param data its data; null or a missing node if it has none
     * @return the first reason, with its path within the data and what is right there; empty if there is none
     */
    public Optional<String> problemOfEvent(String event, @Nullable JsonNode data) {
        SchemaEvent entry = schema.event(event).orElse(null);
        if (entry == null) {
            return Optional.of("there is no event " + event);
        }
        JsonNode whole = data == null || data.isMissingNode() ? JsonNodeFactory.instance.objectNode() : data;
        return Optional.ofNullable(visitor.visit(entry.data(), whole)).map(problem -> problem.of("its data"));
    }

    /** {@return what {@code query-qmp-schema} returns; not to be changed} */
    public JsonNode json() {
        return json;
    }

    /** For people: how much there is. */
    @Override
    public String toString() {
        return "check by a " + schema;
    }

    private Optional<String> problemOf(
            String command, String whole, Function<SchemaCommand, @Nullable Problem> problem) {
        SchemaCommand entry = schema.command(command).orElse(null);
        return entry == null
                ? Optional.of("there is no command " + command)
                : Optional.ofNullable(problem.apply(entry)).map(found -> found.of(whole));
    }
}
