package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs programs, reads and writes files and freezes file systems in a guest, by its agent. All publishers are cold.
 *
 * <pre>{@code
 * QgaGuest guest = QgaGuest.of(session);
 * guest.exec(GuestCommand.of("df", "-k")).map(GuestResult::outputText)
 * }</pre>
 *
 * <p>Where nothing else is said, errors are those of {@link QgaSession#execute(io.github.qmpreactive.message.QmpCommand)}. A
 * command that times out may still take effect: the agent runs it when it is ready to.
 */
public final class QgaGuest {

    private final QgaSession session;

    private QgaGuest(QgaSession session) {
        this.session = session;
    }

    /**
     * The guest at the other end of a session.
     *
     * @param session the session; it stays the caller's
     * @return what can be done in the guest
     */
    public static QgaGuest of(QgaSession session) {
        return new QgaGuest(Objects.requireNonNull(session, "session"));
    }

    /**
     * Runs a program to its end, without a limit; as {@link #exec(GuestCommand, Duration)}.
     *
     * @param command the program
     * @return emits the result when the process has ended
     */
    public Mono<GuestResult> exec(GuestCommand command) {
        return exec(command, ChronoUnit.FOREVER.getDuration());
    }

    /**
     * Runs a program to its end: {@link #start}, and then {@link GuestProcess#result(Duration)}.
     *
     * <ul>
     *   <li>Emits the result when the process has ended. An exit code that is not 0 is a result, too.
     *   <li>Errors with {@link io.github.qmpreactive.error.ExecuteError} if the agent cannot start the program.
     *   <li>Errors with a {@link io.github.qmpreactive.error.GuestProcessError}, which has the pid, as
     *       {@link GuestProcess#result(Duration)}: by {@link #process(long)} the result may still be had.
     *   <li>On cancel: a command that waits for its turn is not sent. A process that was started runs on, and its pid is not
     *       known: {@link #start} tells it.
     * </ul>
     *
     * @param command the program
     * @param limit how long it may take from its start on, looked at between two queries; more than zero
     * @return emits the result
     * @throws IllegalArgumentException if the limit is not more than zero
     */
    public Mono<GuestResult> exec(GuestCommand command, Duration limit) {
        Operations.positive("limit", limit);
        return start(command).flatMap(process -> process.result(limit));
    }

    /**
     * Starts a program, and does not wait for its end.
     *
     * @param command the program
     * @return emits the process, which runs by then. Errors with {@link io.github.qmpreactive.error.ExecuteError} if the
     *     agent cannot start it, for example since there is no such program, or the agent does not know the mode of {@link
     *     GuestCommand#capture}. After an {@link io.github.qmpreactive.error.ExecTimeoutError} or {@link
     *     io.github.qmpreactive.error.ExecInterruptedError} whose {@code isWritten()} is true it may run, now or later
     */
    public Mono<GuestProcess> start(GuestCommand command) {
        Objects.requireNonNull(command, "command");
        return Mono.defer(() -> session.execute(command.start()))
                .map(reply -> new GuestProcess(session, new AgentReply(session, "guest-exec", reply).integer("pid")));
    }

    /**
     * A process that was started on another session, with the same agent.
     *
     * @param pid its id in the guest, as {@link GuestProcess#pid()} or a {@link
     *     io.github.qmpreactive.error.GuestProcessError} tells it
     * @return the process; its result tells whether the agent knows it
     */
    public GuestProcess process(long pid) {
        return new GuestProcess(session, pid);
    }

    /**
     * Reads a file of the guest, with the defaults; as {@link #readFile(String, GuestFileOptions)}.
     *
     * @param path the file
     * @return emits its bytes in chunks
     */
    public Flux<byte[]> readFile(String path) {
        return readFile(path, GuestFileOptions.defaults());
    }

    /**
     * Reads a file of the guest, from its beginning to its end.
     *
     * <ul>
     *   <li>Emits the bytes in chunks, none of them empty. Sends a command for each chunk that is requested, and none ahead.
     *   <li>Completes at the end of the file.
     *   <li>Errors with {@link io.github.qmpreactive.error.ExecuteError} if the file cannot be opened or read.
     *   <li>At the end, on an error and on cancel the file is closed in the guest, if the session is open. After a lost
     *       session, and after a timeout of the command that opens it, it may stay open until the agent is restarted. A file
     *       that is open keeps its file system from being unmounted.
     *   <li>If closing is refused because the guest is frozen, or not sent because the queue is full, the client tries
     *       again in the background for five minutes, in pauses from 1 to 30 seconds. A file that stays open then is
     *       logged, as a warning of {@code io.github.qmpreactive.guest}.
     *   <li>{@code withSession} and {@code use} disconnect at once on cancel, before the file is closed: keep the session
     *       where a cancel is to close it.
     * </ul>
     *
     * @param path the file
     * @param options the size of chunks
     * @return emits its bytes
     */
    public Flux<byte[]> readFile(String path, GuestFileOptions options) {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(options, "options");
        return GuestFile.read(session, path, options);
    }

    /**
     * Writes a file of the guest, with the defaults: one that exists is replaced; as {@link #writeFile(String, Publisher,
     * GuestFileOptions)}.
     *
     * @param path the file
     * @param content its bytes, in chunks of any size
     * @return emits how many bytes were written
     */
    public Mono<Long> writeFile(String path, Publisher<byte[]> content) {
        return writeFile(path, content, GuestFileOptions.defaults());
    }

    /**
     * Writes a file of the guest. Opens it, then subscribes to the content, and writes one chunk after the other.
     *
     * <ul>
     *   <li>Emits the number of bytes that were written, when the file is closed. The guest may still hold them in memory.
     *   <li>Errors with {@link io.github.qmpreactive.error.ExecuteError} if the file cannot be opened, written or closed,
     *       for example since the disk is full; and with the error of the content, which is suppressed if writing fails,
     *       too. What was written before stays.
     *   <li>On an error and on cancel the content is cancelled, and the file closed as by {@link #readFile(String,
     *       GuestFileOptions)}. A file that is to be opened when this is cancelled is still opened, and so emptied, and closed.
     * </ul>
     *
     * @param path the file
     * @param content its bytes; chunks that are larger than that of the options are divided, smaller ones are written as they
     *     are
     * @param options the size of chunks, and whether to append
     * @return emits how many bytes were written
     */
    public Mono<Long> writeFile(String path, Publisher<byte[]> content, GuestFileOptions options) {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(options, "options");
        return GuestFile.write(session, path, content, options);
    }

    /**
     * Freezes all file systems of the guest, works, and thaws them, with the defaults; as {@link #frozen(Mono,
     * FreezeOptions)}.
     *
     * @param work what to do meanwhile, such as a snapshot by the monitor
     * @param <T> what the work emits
     * @return emits what the work emits, when the guest is thawed
     */
    public <T> Mono<T> frozen(Mono<T> work) {
        return frozen(work, FreezeOptions.defaults());
    }

    /**
     * Freezes file systems of the guest, works, and thaws them, whether the work completes, errors or is cancelled.
     *
     * <ul>
     *   <li>Subscribes to the work when the file systems are frozen. Emits what it emits, and ends as it ends, when they are
     *       thawed.
     *   <li>Errors with {@link io.github.qmpreactive.error.GuestMayBeFrozenError} if they may still be frozen: thawing failed
     *       for the {@link FreezeOptions#thawLimit limit}, or the session ended and there is no client to {@link
     *       FreezeOptions#reconnect reconnect} with, or the agent thawed fewer than it froze, or they were frozen before, by
     *       another client. In the last case the work is not subscribed to, and nothing is thawed.
     *   <li>Errors with {@link io.github.qmpreactive.error.GuestNotFrozenError} if the agent froze none, and then the work is
     *       not subscribed to; or if there was nothing to thaw at the end of the work, since the guest was restarted or thawed
     *       meanwhile.
     *   <li>Errors with {@link io.github.qmpreactive.error.ExecuteError} if the agent refuses to freeze; with {@link
     *       io.github.qmpreactive.error.ExecTimeoutError} if that takes longer than {@link FreezeOptions#freezeLimit}. It may
     *       succeed late, so the file systems are thawed first.
     *   <li>On cancel: cancels the work, and thaws. Freezing that has begun goes on to its end, which thawing waits for, and
     *       what another client has frozen is not thawed. A failure to thaw is then logged, as an error of {@code
     *       io.github.qmpreactive.guest}. {@code withSession} and {@code use} disconnect at once on cancel, maybe before that
     *       is sent: set {@link FreezeOptions#reconnect reconnect}, or keep the session.
     *   <li>Thread: the event loop of the session, or Reactor's parallel scheduler.
     * </ul>
     *
     * <p>While the guest is frozen, the agent refuses all commands but a few. A lost session thaws nothing.
     *
     * @param work what to do meanwhile; it should have a limit of its own
     * @param options which file systems, and for how long to try
     * @param <T> what the work emits
     * @return emits what the work emits
     */
    public <T> Mono<T> frozen(Mono<T> work, FreezeOptions options) {
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(options, "options");
        return Mono.defer(() -> new FrozenWork<>(session, work, options).run());
    }

    /**
     * Thaws all file systems of the guest, whichever client froze them.
     *
     * @return emits how many were thawed; 0 if none was frozen
     */
    public Mono<Integer> thaw() {
        return Mono.defer(() -> new Freezer(session).thaw());
    }

    /**
     * Whether the agent holds file systems of the guest frozen.
     *
     * @return emits true if it does
     */
    public Mono<Boolean> isFrozen() {
        return new Freezer(session).isFrozen();
    }
}
