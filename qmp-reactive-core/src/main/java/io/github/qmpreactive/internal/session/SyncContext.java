package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.CommandEncoder;
import io.github.qmpreactive.internal.codec.InboundDecoder;
import io.github.qmpreactive.internal.commands.PendingCommands;
import io.github.qmpreactive.internal.commands.SyncGate;
import io.github.qmpreactive.internal.commands.WireLog;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a {@link SyncGate} may do with its session, which has neither greeting nor negotiation. What returns a {@code
 * Mono}, and {@link #execute} and {@link #giveUp}, may be called on any thread, the rest on the event loop.
 */
public final class SyncContext {

    private final Session session;
    private final SessionLoop loop;
    private final WireLog wire;
    private final OutboundWriter writer;
    private final InboundDecoder decoder;
    private final PendingCommands pending;
    private final Consumer<SyncGate> reading;

    SyncContext(
            Session session,
            SessionLoop loop,
            WireLog wire,
            OutboundWriter writer,
            InboundDecoder decoder,
            PendingCommands pending,
            Consumer<SyncGate> reading) {
        this.session = session;
        this.loop = loop;
        this.wire = wire;
        this.writer = writer;
        this.decoder = decoder;
        this.pending = pending;
        this.reading = reading;
    }

    /**
     * Takes over a connection; nothing is read yet.
     *
     * @param connection an open connection that has not been read from
     * @param settings what to open the session with
     * @return the control of the session
     */
    public static SyncContext of(Connection connection, SessionSettings settings) {
        return Session.prepare(connection, settings);
    }

    /**
     * Begins to read. Called once.
     *
     * @param gate keeps the session in step
     */
    public void begin(SyncGate gate) {
        reading.accept(gate);
    }

    /**
     * The session.
     *
     * @return the session
     */
    public Session session() {
        return session;
    }

    /**
     * Runs a task on the event loop, at once if this is it.
     *
     * @param task the task
     */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /**
     * Runs a task on the event loop, once, after a time.
     *
     * @param delay the time
     * @param task the task
     * @return disposing of it calls the task off
     */
    public Disposable schedule(Duration delay, Runnable task) {
        return loop.schedule(delay, task);
    }

    /**
     * Writes a message, outside of all correlation.
     *
     * @param message the message
     * @param reset whether the byte 0xFF goes before it, which makes the server forget half a message
     */
    public void send(ObjectNode message, boolean reset) {
        assert loop.isCurrent();
        if (reset) {
            writer.write(new byte[] {(byte) 0xFF});
        }
        wire.sent(message);
        writer.write(CommandEncoder.encode("[" + session.name() + "] ", message, null));
    }

    /**
     * Whether the server leaves so much of what was written unread that more should wait.
     *
     * @return whether it does
     */
    public boolean isCongested() {
        return writer.isCongested();
    }

    /** Drops what comes up to the next sentinel. */
    public void seekSentinel() {
        assert loop.isCurrent();
        decoder.seekSentinel();
    }

    /**
     * What was dropped last while the sentinel was sought.
     *
     * @return a sentence that follows others and quotes it; empty if nothing was dropped
     */
    public String skipped() {
        assert loop.isCurrent();
        String line = decoder.lastSkipped();
        return line.isEmpty() ? "" : " The last that was received, and skipped, is: " + line;
    }

    /**
     * Whether the server refuses a command as one that there is not, or not any more.
     *
     * @param command its name
     * @return whether what was dropped last says so
     */
    public boolean isRefused(String command) {
        assert loop.isCurrent();
        return decoder.hasSkippedRefusalOf(command);
    }

    /** The stream is in step: what waits may be written, and what comes has to be right. */
    public void inStep() {
        assert loop.isCurrent();
        decoder.found();
        pending.writeQueued();
    }

    /** What is in flight has succeeded, and is not going to be answered. Does nothing if there is nothing. */
    public void settle() {
        pending.settle(JsonNodeFactory.instance.objectNode().set("return", JsonNodeFactory.instance.objectNode()));
    }

    /**
     * Refuses the commands that wait to be written.
     *
     * @param reason the error of each, by its name
     */
    public void refuseWaiting(Function<String, QmpError> reason) {
        pending.refuseQueued(reason);
    }

    /**
     * Runs a command.
     *
     * @param command the command
     * @param onWritten is called when it is written, at most once
     * @return its {@code return} member
     */
    public Mono<JsonNode> call(QmpCommand command, Runnable onWritten) {
        return session.execute(command, onWritten);
    }

    /**
     * Ties something to the session.
     *
     * @param mono what may come
     * @param <T> its type
     * @return fails with the cause if the session ends first, an orderly end included
     */
    public <T> Mono<T> orEnd(Mono<T> mono) {
        return session.opening().orEnd(mono);
    }

    /**
     * Goes on with a session that has not ended.
     *
     * @param next what to do next
     * @param <T> its type
     * @return emits what it emits; fails with the cause of the end if the session has ended
     */
    public <T> Mono<T> unlessEnded(Supplier<Mono<T>> next) {
        return session.opening().unlessEnded(next);
    }

    /** The session has come about: from here on it is the users'. */
    public void ready() {
        session.opening().ready(Set.of());
    }

    /**
     * Ends a session that has not come about; does nothing once it is ready.
     *
     * @param cause why
     */
    public void giveUp(Supplier<? extends QmpError> cause) {
        session.opening().giveUp(cause);
    }

    /**
     * Ends a session that has not come about.
     *
     * @param cause why
     * @param <T> any type
     * @return fails with the cause when the connection is closed
     */
    public <T> Mono<T> abort(QmpError cause) {
        return session.opening().abort(cause);
    }
}
