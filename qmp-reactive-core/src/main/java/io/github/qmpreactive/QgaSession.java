package io.github.qmpreactive;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * A connection to QEMU's guest agent, opened by {@link QgaClient#connect()} and synchronised with the agent. It belongs
 * to the subscriber that it was emitted to, and lasts until either side disconnects it.
 *
 * <p>All methods may be called from any thread, and none of them does anything before it is subscribed to. What they
 * emit comes on the event loop of the connection, which must not be blocked: use {@code publishOn} for work that
 * blocks. Only refusals (the session is not running, too many commands wait, arguments cannot be sent) come on the
 * subscriber's own thread, at once.
 *
 * <p>Not to be implemented by applications: minor releases add methods. In tests use the fake server, or a mock.
 *
 * <h2>One command at a time</h2>
 *
 * The session sends a command when the agent has answered the one before it; the others wait in the order of their
 * subscriptions. When a command that was sent times out or is cancelled, the session asks the agent to synchronise
 * ({@code guest-sync-delimited}). It skips everything that the agent sends before it answers that, the late reply
 * included. Commands wait for the answer, {@code handshakeTimeout} at most. If it takes longer, the waiting commands
 * fail with {@link io.github.qmpreactive.error.ExecTimeoutError} and are not sent. The session stays open, and the next
 * command makes it ask again.
 *
 * <h2>How a session ends</h2>
 *
 * An orderly end is {@link #disconnect()}, or the connection being closed or reset after {@code guest-shutdown} (in
 * another mode than {@code reboot}) or {@code guest-suspend-disk} was written. Then {@link #onDisconnect()} completes.
 * After everything else it fails: with {@link io.github.qmpreactive.error.ConnectionLostError}, or the {@link
 * io.github.qmpreactive.error.ProtocolError} of what was received. Either way each pending command fails with an {@link
 * io.github.qmpreactive.error.ExecInterruptedError} of its own.
 */
public interface QgaSession {

    /**
     * Its name, as in logs and errors.
     *
     * @return what {@link QgaClient#name} gave it, else the address
     */
    String name();

    /**
     * Where the session is in its life.
     *
     * @return the state at this moment
     */
    SessionState state();

    /**
     * The states of the session.
     *
     * @return emits the state at this moment, then each change (a subscriber without demand gets only the latest), and
     *     completes after {@link SessionState#DISCONNECTED}; never fails. Cancelling only unsubscribes
     */
    Flux<SessionState> states();

    /**
     * Runs a command without arguments; as {@link #execute(QmpCommand)}.
     *
     * @param command its name, for example {@code "guest-get-osinfo"}
     * @return emits what the command returned, then completes
     */
    Mono<JsonNode> execute(String command);

    /**
     * Runs a command with arguments; as {@link #execute(QmpCommand)}. The arguments are turned into JSON at each
     * subscription, with the client's mapper.
     *
     * @param command its name, for example {@code "guest-exec-status"}
     * @param arguments a {@code Map}, an {@code ObjectNode}, a record or a bean; it is not modified
     * @return emits what the command returned, then completes; fails with {@link
     *     io.github.qmpreactive.error.EncodeError} also if the arguments make no JSON object
     */
    Mono<JsonNode> execute(String command, Object arguments);

    /**
     * Runs a command. Each subscription sends it once, when its turn has come.
     *
     * <p>Cancelled before it was written, the command is never sent. Cancelled after, the agent still runs it; its
     * answer is skipped.
     *
     * @param command the command, in band. For one that is not answered when it succeeds, as {@code guest-shutdown},
     *     use {@link #executeWithoutReply(QmpCommand)}: here it times out
     * @return emits the {@code return} member of the reply, of whichever JSON type, then completes, on the event loop.
     *     Fails on the event loop with {@link io.github.qmpreactive.error.ExecuteError} if the agent replies with an
     *     error; {@link io.github.qmpreactive.error.BadReplyError} if the reply cannot be understood;
     *     {@link io.github.qmpreactive.error.ExecInterruptedError} if the session ends before the reply;
     *     {@link io.github.qmpreactive.error.ExecTimeoutError} if {@code commandTimeout} passes, or the agent did not
     *     synchronise in time while the command waited. Fails at once, and nothing is sent, with
     *     {@link io.github.qmpreactive.error.StateError} if the session is not running;
     *     {@link io.github.qmpreactive.error.CommandQueueFullError} if {@code maxQueued} commands wait, or with this
     *     one there would be more than {@code maxQueuedBytes}; {@link io.github.qmpreactive.error.EncodeError} if the
     *     agent's parser would refuse it, or it is to go out of band
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
     * @param type the type to convert to, for example {@code new TypeReference<List<Disk>>() {}}
     * @param <T> the type
     * @return emits the converted value; fails as {@link #execute(QmpCommand)}, and with {@link
     *     io.github.qmpreactive.error.ResultTypeError} if what was returned does not fit
     */
    <T> Mono<T> execute(QmpCommand command, TypeReference<T> type);

    /**
     * Runs a command that is not answered when it succeeds; as {@link #executeWithoutReply(QmpCommand, Duration)} with
     * 5 seconds of silence.
     *
     * @param command {@code guest-shutdown}, {@code guest-suspend-ram}, {@code guest-suspend-disk} or {@code
     *     guest-suspend-hybrid}
     * @return completes when the agent has accepted the command
     */
    default Mono<Void> executeWithoutReply(QmpCommand command) {
        return executeWithoutReply(command, Duration.ofSeconds(5));
    }

    /**
     * Runs a command that is not answered when it succeeds. An error reply fails the call, as with any command. After
     * the command the session sends {@code guest-sync-delimited}. The agent runs one command after the other, so an
     * answer to that without an earlier error reply means success.
     *
     * <p>Success means only that the agent has accepted the command. The monitor reports what the guest does next, with
     * the events SHUTDOWN, SUSPEND and SUSPEND_DISK.
     *
     * @param command {@code guest-shutdown}, {@code guest-suspend-ram}, {@code guest-suspend-disk} or {@code
     *     guest-suspend-hybrid}
     * @param silence how long the agent must have sent nothing, since the command was written, for the command to count
     *     as successful: a guest that sleeps answers nothing. More than zero, and less than {@code commandTimeout},
     *     which counts here, too
     * @return completes, on the event loop, with the first of these: the agent answers {@code guest-sync-delimited}, or
     *     the command itself with success; the connection is closed or reset by the other side; the silence has lasted.
     *     Fails as {@link #execute(QmpCommand)} otherwise
     * @throws IllegalArgumentException if the silence is not more than zero
     */
    Mono<Void> executeWithoutReply(QmpCommand command, Duration silence);

    /**
     * Ends the session: what was written is flushed (1 second at most), then the connection is closed. Commands that
     * wait for a reply, or to be written, fail with {@link io.github.qmpreactive.error.ExecInterruptedError}. May be
     * called any number of times, before and after the end.
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
