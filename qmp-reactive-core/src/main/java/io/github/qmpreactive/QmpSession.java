package io.github.qmpreactive;

import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.schema.QmpSchema;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A negotiated connection to a monitor of QEMU, opened by {@link QmpClient#connect()}. It belongs to the
 * subscriber that it was emitted to, and lasts until either side disconnects it.
 *
 * <p>All methods may be called from any thread, and none of them does anything before it is subscribed to. What they
 * emit comes on the event loop of the connection, which must not be blocked: use {@code publishOn} for work that
 * blocks. Only refusals (the session is not running, too many commands wait, arguments cannot be sent) come on the
 * subscriber's own thread, at once.
 *
 * <p>A callback may use the session as any other code does. What it causes on the connection (a command, an end)
 * takes effect after the current signal has reached every subscriber: if one subscriber to events disconnects in {@code
 * onNext}, the others still get that event. Until then {@link #state()} is unchanged.
 *
 * <p>Not to be implemented by applications: minor releases add methods. In tests use the fake server, or a mock.
 *
 * <h2>How a session ends</h2>
 *
 * An orderly end is {@link #disconnect()}, or the server closing or resetting the connection after {@code quit} was
 * written, or after a SHUTDOWN event with no sign of life since: no STOP, RESUME or RESET event, and no reply to a
 * command that was written in band after it (before QEMU 7.2: to one written after the first such reply, too, since
 * QEMU 5.2 may answer one more command while it ends). Then {@link #events()} and {@link #onDisconnect()} complete.
 * Everything else is an error, and both fail with it: {@link io.github.qmpreactive.error.ConnectionLostError}, or the
 * {@link io.github.qmpreactive.error.ProtocolError} of what the server sent. Either way each pending command fails with
 * an {@link io.github.qmpreactive.error.ExecInterruptedError} of its own.
 */
public interface QmpSession extends EventStreaming, DescriptorPassing {

    /**
     * Its name, as in logs and errors.
     *
     * @return what {@link #rename} or {@link QmpClient#name} gave it, else the address
     */
    String name();

    /**
     * Changes its name, for example from the number that a listener gave it to the name of the machine. May be called
     * on any thread, any number of times.
     *
     * @param name its name in what is logged, and in errors of commands that are subscribed to, from now on
     * @return this session
     */
    QmpSession rename(String name);

    /**
     * The greeting of the server.
     *
     * @return the greeting; empty with {@link io.github.qmpreactive.option.HandshakeMode#NONE}, and only then
     */
    Optional<Greeting> greeting();

    /**
     * The capabilities that the client has enabled.
     *
     * @return their names, for example {@code oob}; none where the client did not negotiate, whatever another program
     *     has enabled on the connection before
     */
    Set<String> capabilities();

    /**
     * Where the session is in its life.
     *
     * @return the state at this moment
     */
    SessionState state();

    /**
     * Whether the session accepts commands.
     *
     * @return whether the state is {@link SessionState#RUNNING}
     */
    default boolean isRunning() {
        return state() == SessionState.RUNNING;
    }

    /**
     * The states of the session.
     *
     * @return emits the state at this moment, then each change (a subscriber without demand gets only the latest), and
     *     completes after {@link SessionState#DISCONNECTED}; never fails. Cancelling only unsubscribes
     */
    Flux<SessionState> states();

    /**
     * Runs a command without arguments, in band; as {@link #execute(QmpCommand)}.
     *
     * @param command its name, for example {@code "query-status"}
     * @return emits what the command returned, then completes
     */
    Mono<JsonNode> execute(String command);

    /**
     * Runs a command with arguments, in band; as {@link #execute(QmpCommand)}. The arguments are turned into JSON at
     * each subscription, with the client's mapper.
     *
     * @param command its name, for example {@code "device_del"}
     * @param arguments a {@code Map}, an {@code ObjectNode}, a record or a bean; it is not modified
     * @return emits what the command returned, then completes; fails with {@link
     *     io.github.qmpreactive.error.EncodeError} also if the arguments make no JSON object
     */
    Mono<JsonNode> execute(String command, Object arguments);

    /**
     * Runs a command. Each subscription sends it once, with an id of its own. In band, at most {@code maxInFlight}
     * commands are written and unanswered at a time; the others wait in the order of their subscriptions. Out of band
     * commands are written at once.
     *
     * <p>Cancelled before it was written, the command is never sent. Cancelled after, the server still runs it, and its
     * answer is dropped when it comes; until then it keeps its place in the window.
     *
     * @param command the command
     * @return emits the {@code return} member of the reply, of whichever JSON type, then completes, on the event loop.
     *     Fails on the event loop with {@link io.github.qmpreactive.error.ExecuteError} if the server replies with an
     *     error; {@link io.github.qmpreactive.error.BadReplyError} if the reply cannot be understood;
     *     {@link io.github.qmpreactive.error.ExecInterruptedError} if the session ends before the reply;
     *     {@link io.github.qmpreactive.error.ExecTimeoutError} if {@code commandTimeout} passes. Fails at once, and
     *     nothing is sent, with {@link io.github.qmpreactive.error.StateError} if the session is not running;
     *     {@link io.github.qmpreactive.error.CommandQueueFullError} if {@code maxQueued} commands wait, or with this
     *     one there would be more than {@code maxQueuedBytes}; {@link io.github.qmpreactive.error.EncodeError} if
     *     QEMU's parser would refuse it, or it is to go out of band and the capability {@code oob} is not enabled;
     *     where the client did not negotiate, that is left to the server
     */
    Mono<JsonNode> execute(QmpCommand command);

    /**
     * Runs a command without arguments and converts what it returns; as {@link #execute(QmpCommand, Class)}.
     *
     * @param command its name
     * @param type the class to convert to
     * @param <T> the class
     * @return emits the converted value
     */
    <T> Mono<T> execute(String command, Class<T> type);

    /**
     * Runs a command and converts what it returns, with the client's mapper.
     *
     * @param command the command
     * @param type the class to convert to; a component of a primitive type that is missing from the reply becomes 0
     * @param <T> the class
     * @return emits the converted value; fails as {@link #execute(QmpCommand)}, and with {@link
     *     io.github.qmpreactive.error.ResultTypeError} if what was returned does not fit
     */
    <T> Mono<T> execute(QmpCommand command, Class<T> type);

    /**
     * Runs a command and converts what it returns, with the client's mapper.
     *
     * @param command the command
     * @param type the type to convert to, for example {@code new TypeReference<List<CpuInfo>>() {}}
     * @param <T> the type
     * @return emits the converted value; fails as {@link #execute(QmpCommand)}, and with {@link
     *     io.github.qmpreactive.error.ResultTypeError} if what was returned does not fit
     */
    <T> Mono<T> execute(QmpCommand command, TypeReference<T> type);

    /**
     * Runs a line of the human monitor (HMP), with {@code human-monitor-command}. What such a line prints is meant for
     * people and changes between versions, and QEMU returns it for a line that failed, too: no error does not mean that
     * it worked. Use a command of QMP where there is one, such as {@code snapshot-save} and {@code snapshot-load} for
     * {@code savevm} and {@code loadvm}.
     *
     * @param line for example {@code "info registers"}
     * @return emits what the line printed, often with {@code \r\n} at its end, and empty if nothing; fails as {@link
     *     #execute(QmpCommand)}
     */
    default Mono<String> hmp(String line) {
        return execute(QmpCommand.of("human-monitor-command").arguments(Map.of("command-line", line)), String.class);
    }

    /**
     * What this QEMU has: its commands, events, arguments and values, as {@code query-qmp-schema} tells. It is asked once
     * in a session, when the first subscriber needs the answer; subscribers that come meanwhile share that command. The reply
     * is read on the event loop, which takes some milliseconds, and more the first time in a JVM. What is in the schema does
     * not have to work on this target: see {@link QmpSchema}.
     *
     * @return emits the schema, then completes: on the event loop, or at once on the subscriber's thread if it is known,
     *     after the end of the session, too. Fails as {@link #execute(QmpCommand)}, and with {@link
     *     io.github.qmpreactive.error.ResultTypeError} if what was returned is no schema; those who share the command
     *     share its error, and the next subscriber asks again. Cancelling leaves the other subscribers alone; when the last one cancels, the command is cancelled, and the
     *     next subscriber asks again
     */
    Mono<QmpSchema> schema();

    /**
     * Sends any message unchanged, and emits the whole reply. The client checks only the id; the server reports
     * everything else that is wrong, in its reply.
     *
     * @param message the message; it is not modified
     * @param ids what happens to its id
     * @return emits the whole reply, an error reply included, and completes; fails as {@link #execute(QmpCommand)} but
     *     for what the reply says. {@link io.github.qmpreactive.error.EncodeError} also refuses an id that begins with
     *     {@code #}, an id that is in use, a second message without an id, an id that QEMU would not return unchanged,
     *     and {@code exec-oob} without an id
     */
    Mono<ObjectNode> raw(ObjectNode message, IdPolicy ids);

    /**
     * Sends a message that is given as text; as {@link #raw(ObjectNode, IdPolicy)}. It is read as JSON and written
     * anew, compactly.
     *
     * @param json a JSON object
     * @param ids what happens to its id
     * @return as {@link #raw(ObjectNode, IdPolicy)}; {@link io.github.qmpreactive.error.EncodeError} also if it is no
     *     JSON object, or names a member twice
     */
    Mono<ObjectNode> raw(String json, IdPolicy ids);

    /**
     * Ends QEMU with the command {@code quit}.
     *
     * @return completes when the connection has ended, whether or not a reply came before; also if QEMU had shut down
     *     and closed it before the command was written. Fails as {@link #execute(QmpCommand)} if the command was
     *     refused, or was not sent for another reason. Fails as {@link #onDisconnect()} if the session ends for another
     *     reason than the exit of QEMU. {@code commandTimeout} is for the reply; how long QEMU then takes to end has no
     *     limit, so put a {@code timeout} behind it where storage may hang. Cancelling does not revoke a command that
     *     was sent
     */
    Mono<Void> quit();

    /**
     * Ends the session: what was written is flushed (1 second at most), then the connection is closed. Commands that
     * wait for a reply, or to be written, fail with {@link io.github.qmpreactive.error.ExecInterruptedError}; events
     * complete. If a migration was cancelled, or continued, just before, QEMU's reply to that is awaited first, also for 1
     * second at most; new commands are refused meanwhile. May be called any number of times, before and after the end.
     *
     * @return completes when the connection is closed, even if the session had ended with an error; never fails.
     *     Cancelling does not stop it
     */
    Mono<Void> disconnect();

    /**
     * The end of the session, by either side.
     *
     * @return completes when the connection is closed after an orderly end, and fails with the cause after any other; a
     *     later subscriber gets the same signal at once. Cancelling only unsubscribes
     */
    Mono<Void> onDisconnect();
}
