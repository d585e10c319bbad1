package io.github.qmpreactive.declare;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.schema.QmpSchema;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Commands as methods of an interface of the application, as Spring's HTTP interfaces are requests. The interface declares
 * what the application uses, with the members that it reads: it works with each version of QEMU that has these, and does
 * not go stale when QEMU gets more.
 *
 * <pre>{@code
 * interface BlockCommands {
 *     @Execute("query-named-block-nodes")
 *     Flux<BlockNode> nodes(boolean flat);
 *
 *     @Execute("blockdev-del")
 *     Mono<Void> delete(String nodeName);
 * }
 *
 * record BlockNode(String nodeName, String drv, boolean ro, Optional<BigInteger> bpsRd) {}
 *
 * BlockCommands block = QmpCommands.of(session, BlockCommands.class);
 * }</pre>
 *
 * <h2>Methods</h2>
 *
 * <ul>
 *   <li>{@link Execute} names the command. The method returns {@code Mono<T>}; {@code Flux<T>}, the elements of the list that
 *       the command returns; or {@code Mono<Void>}. Each subscription executes the command once, as {@link
 *       QmpSession#execute(io.github.qmpreactive.message.QmpCommand)} does: with its errors, its thread, its behaviour on
 *       cancel. Nothing is sent before.
 *   <li>A parameter is an argument: {@code nodeName} is sent as {@code node-name}, unless {@link ArgumentName} names it. That
 *       needs the names of parameters in the class file: compile with {@code -parameters}. Null and an empty {@code Optional}
 *       are not sent. {@link Arguments} marks one parameter that holds all arguments.
 *   <li>A parameter of the type {@code Duration} is the limit of the call, unless it is null.
 *   <li>Arguments are turned into JSON at each subscription, on the subscriber's thread. Where that is impossible, the call
 *       errors with {@link io.github.qmpreactive.error.EncodeError}, and nothing is sent.
 *   <li>Default methods may call the others. {@code equals} and {@code hashCode} are those of identity.
 * </ul>
 *
 * <h2>Results</h2>
 *
 * As Jackson reads them, with this mapper unless another is given:
 *
 * <ul>
 *   <li>A component {@code rdBytes} reads the member {@code rd-bytes} or {@code rd_bytes}; {@code @JsonProperty} names another.
 *       What is sent is named {@code rd-bytes}.
 *   <li>A member that is absent is null, an empty {@code Optional}, or 0 where the component is primitive. Members that the
 *       record does not have are ignored.
 *   <li>A constant {@code IO_ERROR} stands for {@code "io-error"} or {@code "io_error"}; {@code @JsonProperty} names another.
 *       A value that the enum does not have is its constant {@code UNKNOWN}, or the one with {@code @JsonEnumDefaultValue}; an
 *       enum that has neither reads it as null, or an empty {@code Optional}. A member that is a {@code Set} leaves it out; a
 *       {@code Set} that is the whole result takes no such value, so declare a {@code Flux} or a {@code List}.
 *   <li>Integers beyond {@code long} need {@code BigInteger}.
 *   <li>Unions are sealed interfaces with Jackson's {@code @JsonTypeInfo}. Without a {@code defaultImpl}, a branch that is not
 *       declared is null; as an element of a {@code Flux} it is left out.
 *   <li>A result that does not fit is a {@link io.github.qmpreactive.error.ResultTypeError}, which names the command, the member
 *       and its value. The command has taken effect, and the session stays open.
 * </ul>
 *
 * <p>A named module opens the packages of its records to {@code tools.jackson.databind}, and those of interfaces with default
 * methods to this library.
 */
public final class QmpCommands {

    private QmpCommands() {}

    /**
     * Implements an interface with the commands of a monitor.
     *
     * @param session executes the commands; it stays the caller's
     * @param type the interface; it is read and validated the first time
     * @param <T> the interface
     * @return a new implementation, for any thread
     * @throws IllegalArgumentException if a method declares no command; names each of these, and what is wrong
     */
    public static <T> T of(QmpSession session, Class<T> type) {
        return of(session, type, DeclaredInterface.of(type).mapper());
    }

    /**
     * Implements an interface with the commands of a monitor, with a mapper of the application.
     *
     * @param session executes the commands; it stays the caller's
     * @param type the interface; it is read and validated the first time
     * @param mapper converts arguments and results, in its own way: {@link #mapper()} has the one that is described above
     * @param <T> the interface
     * @return a new implementation, for any thread
     * @throws IllegalArgumentException if a method declares no command; names each of these, and what is wrong
     */
    public static <T> T of(QmpSession session, Class<T> type, JsonMapper mapper) {
        CommandTarget target = new MonitorTarget(Objects.requireNonNull(session, "session"));
        return implement(type, MonitorTarget::problemOf, session::name, Mono.just(target), mapper);
    }

    /**
     * Implements an interface with the commands of a monitor whose session may be another one for each call: for a component
     * that outlives sessions, such as a bean. A command is executed once, on the session that is emitted for it. Its arguments
     * are turned into JSON when that is emitted, on the thread that emits it.
     *
     * @param sessions emits the session for each call, for example {@code client.connect().cacheInvalidateIf(session ->
     *     !session.isRunning())}; calls error with its error, and with {@link StateError} if it completes empty
     * @param type the interface; it is read and validated the first time
     * @param <T> the interface
     * @return a new implementation, for any thread
     * @throws IllegalArgumentException if a method declares no command; names each of these, and what is wrong
     */
    public static <T> T of(Mono<QmpSession> sessions, Class<T> type) {
        return of(sessions, type, DeclaredInterface.of(type).mapper());
    }

    /**
     * Implements an interface as {@link #of(Mono, Class)}, with a mapper of the application.
     *
     * @param sessions emits the session for each call; calls error with its error, and with {@link StateError} if it
     *     completes empty
     * @param type the interface; it is read and validated the first time
     * @param mapper converts arguments and results, in its own way: {@link #mapper()} has the one that is described above
     * @param <T> the interface
     * @return a new implementation, for any thread
     * @throws IllegalArgumentException if a method declares no command; names each of these, and what is wrong
     */
    public static <T> T of(Mono<QmpSession> sessions, Class<T> type, JsonMapper mapper) {
        Mono<CommandTarget> targets = sessions.<CommandTarget>map(MonitorTarget::new)
                .switchIfEmpty(Mono.error(() -> new StateError(
                        "The Mono that " + type.getSimpleName()
                                + " takes its session from completed empty, so that nothing was sent; let it emit a session",
                        SessionState.DISCONNECTED,
                        SessionState.RUNNING)));
        return implement(type, MonitorTarget::problemOf, () -> "any session", targets, mapper);
    }

    /**
     * Implements an interface with the commands of a guest agent.
     *
     * @param session executes the commands; it stays the caller's
     * @param type the interface; it is read and validated the first time
     * @param <T> the interface
     * @return a new implementation, for any thread
     * @throws IllegalArgumentException if a method declares no command, or one that an agent cannot execute; names each of
     *     these, and what is wrong
     */
    public static <T> T of(QgaSession session, Class<T> type) {
        return of(session, type, DeclaredInterface.of(type).mapper());
    }

    /**
     * Implements an interface with the commands of a guest agent, with a mapper of the application.
     *
     * @param session executes the commands; it stays the caller's
     * @param type the interface; it is read and validated the first time
     * @param mapper converts arguments and results, in its own way: {@link #mapper()} has the one that is described above
     * @param <T> the interface
     * @return a new implementation, for any thread
     * @throws IllegalArgumentException if a method declares no command, or one that an agent cannot execute; names each of
     *     these, and what is wrong
     */
    public static <T> T of(QgaSession session, Class<T> type, JsonMapper mapper) {
        CommandTarget target = new AgentTarget(Objects.requireNonNull(session, "session"));
        return implement(type, AgentTarget::problemOf, session::name, Mono.just(target), mapper);
    }

    /**
     * Tells what a QEMU does not have of an interface, before anything is sent; with the mapper that is described above.
     *
     * @param schema of the QEMU, for example from {@link QmpSession#schema()}
     * @param type the interface
     * @return the findings by method, notes among them; empty if all is there. That a command is in the schema does not mean
     *     that it works on this machine
     * @throws IllegalArgumentException if a method declares no command; names each of these, and what is wrong. Also if the
     *     schema is larger or deeper than any QEMU's, so that the check would take minutes
     */
    public static List<CommandFinding> check(QmpSchema schema, Class<?> type) {
        return check(schema, type, DeclaredInterface.of(type).mapper());
    }

    /**
     * Tells what a QEMU does not have of an interface, before anything is sent.
     *
     * @param schema of the QEMU, for example from {@link QmpSession#schema()}
     * @param type the interface
     * @param mapper names members in its own way
     * @return the findings by method, notes among them; empty if all is there
     * @throws IllegalArgumentException if a method declares no command; names each of these, and what is wrong. Also if the
     *     schema is larger or deeper than any QEMU's, so that the check would take minutes
     */
    public static List<CommandFinding> check(QmpSchema schema, Class<?> type, JsonMapper mapper) {
        Objects.requireNonNull(schema, "schema");
        return new InterfaceCheck(schema, Objects.requireNonNull(mapper, "mapper"))
                .findings(DeclaredInterface.of(type));
    }

    /**
     * Begins a mapper that reads and names as described above, to which an application adds its own modules.
     *
     * @return a new builder
     */
    public static JsonMapper.Builder mapper() {
        return Mappers.builder();
    }

    private static <T> T implement(
            Class<T> type,
            Function<DeclaredCommand, String> problemOf,
            Supplier<String> name,
            Mono<CommandTarget> targets,
            JsonMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        DeclaredInterface declared = DeclaredInterface.of(type);
        String problems = declared.commands().values().stream()
                .filter(command -> !problemOf.apply(command).isEmpty())
                .map(command -> command.method() + ": " + problemOf.apply(command))
                .sorted()
                .collect(Collectors.joining("; "));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " cannot be used here: " + problems);
        }
        CommandCalls calls = new CommandCalls(type, name, targets, declared, mapper);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }
}
