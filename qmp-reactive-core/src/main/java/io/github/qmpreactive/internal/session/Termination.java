package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.internal.codec.InboundDecoder;
import io.github.qmpreactive.internal.commands.PendingCommands;
import io.github.qmpreactive.internal.commands.ShutdownWatch;
import io.github.qmpreactive.internal.events.EventHub;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.observation.SessionReport;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.Sockets;
import io.github.qmpreactive.message.SessionState;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The end of a session, whatever brings it about: the first cause wins; commands, events, the connection and
 * {@code onDisconnect()} end once, in this order.
 */
final class Termination {

    /** How long {@code disconnect()} waits for what was written to be flushed. */
    static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(1);

    private final SessionLoop loop;
    private final SessionLog log;
    private final Channel channel;
    private final OutboundWriter writer;
    private final PendingCommands pending;
    private final EventHub events;
    private final ShutdownWatch shutdown;
    private final Sinks.Many<SessionState> states = Sinks.many().replay().latest();
    private final Sinks.One<QmpError> cause = Sinks.one();
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private SessionReport report = SessionReport.NONE;
    private volatile SessionState state = SessionState.RUNNING;

    /** Whether what was written is the last; used on the event loop. */
    private boolean flushing;

    /** How the connection was lost, from when that is known until the session has ended; used on the event loop. */
    private @Nullable Loss loss;

    /**
     * A loss, as things were when it was noticed.
     *
     * @param expected whether the server had said that it would go
     * @param orderly whether that, or disconnect(), makes it an orderly end
     */
    private record Loss(How how, @Nullable Throwable reported, boolean expected, boolean orderly) {}

    /** The session has ended because the server went away when that was expected. */
    private volatile boolean serverHasGone;

    Termination(
            SessionLoop loop,
            SessionLog log,
            Channel channel,
            OutboundWriter writer,
            PendingCommands pending,
            EventHub events,
            ShutdownWatch shutdown) {
        this.loop = loop;
        this.log = log;
        this.channel = channel;
        this.writer = writer;
        this.pending = pending;
        this.events = events;
        this.shutdown = shutdown;
        states.tryEmitNext(state).orThrow();
        loop.watch(() -> lost(How.CLOSED_LOCALLY, null));
    }

    /** Tells the observer; given before anything is read. */
    void use(SessionReport observed) {
        report = observed;
    }

    /** The state, readable from any thread. */
    SessionState state() {
        return state;
    }

    /** The state now, then each change; completes with DISCONNECTED. */
    Flux<SessionState> states() {
        return GuardedSubscriber.guard(log, "states", states.asFlux());
    }

    /** Fails with the cause of the end as soon as there is one, an orderly end included. */
    <T> Mono<T> failure() {
        return GuardedSubscriber.guard(log, "the end of the session", cause.asMono())
                .flatMap(Mono::error);
    }

    /** Completes when the connection is closed after an orderly end, or fails with the cause. */
    Mono<Void> closed() {
        return GuardedSubscriber.guard(log, "the end of the session", closed.asMono());
    }

    /**
     * Runs {@code quit}; completes with the orderly end of the connection that follows, whether or not a reply came before.
     * Fails as the command does if it is refused, or if it was not written and the server did not end by itself; and as
     * {@link #closed()} does.
     */
    Mono<Void> closedBy(Mono<?> quit) {
        return quit.then(closed())
                .onErrorResume(
                        ExecInterruptedError.class, e -> e.isWritten() || serverHasGone ? closed() : Mono.error(e))
                .onErrorResume(StateError.class, e -> serverHasGone ? closed() : Mono.error(e));
    }

    /**
     * Accepts no new commands but those of what holds the session, awaits that until nothing does, flushes what was written, each
     * within the limit, then ends the session. Completes when the connection is closed.
     */
    Mono<Void> disconnect(Supplier<Optional<Mono<Void>>> last) {
        return Mono.defer(() -> {
            loop.execute(() -> {
                if (state == SessionState.RUNNING) {
                    change(SessionState.DISCONNECTING);
                    awaitThenEnd(last, Disposables.swap());
                }
            });
            // Not before onErrorComplete, which would complete with what a subscriber throws.
            return GuardedSubscriber.guard(
                    log, "the end of the session", closed.asMono().onErrorComplete());
        });
    }

    private void awaitThenEnd(Supplier<Optional<Mono<Void>>> last, Disposable.Swap limit) {
        if (flushing || state == SessionState.DISCONNECTED) {
            limit.dispose();
            return;
        }
        Loss before = loss;
        if (before != null) {
            limit.dispose();
            end(before);
            return;
        }
        Mono<Void> held = last.get().orElse(null);
        if (held == null) {
            limit.dispose();
            flushThenEnd();
            return;
        }
        if (limit.get() == null) {
            limit.replace(loop.schedule(FLUSH_TIMEOUT, this::flushThenEnd));
        }
        var unused = held.doFinally(over -> loop.execute(() -> awaitThenEnd(last, limit)))
                .subscribe();
    }

    /** Ends the session because of an error. */
    void fail(QmpError error) {
        Loss before = loss;
        if (before != null) {
            end(before);
        } else {
            end(error, state == SessionState.DISCONNECTING);
        }
    }

    /**
     * Nothing more will be read. Where {@link EndOfInput} has seen the server close the connection, that is noted by now. Otherwise
     * Netty has closed it on this side if the server has on its own.
     */
    void connectionEnded(boolean insideMessage) {
        // An event loop that is shut down closes its connections.
        boolean locally = channel.isOpen() || channel.eventLoop().isShuttingDown();
        How remotely = insideMessage ? How.INSIDE_MESSAGE : How.END_OF_FILE;
        connectionClosed(locally ? How.CLOSED_LOCALLY : remotely, null);
    }

    /** The server has closed the connection: ends the session, in slices with others on its event loop to which that happens. */
    void connectionClosed(How how, @Nullable Throwable reported) {
        loop.execute(() -> {
            boolean known = loss != null;
            Loss first = note(how, reported);
            if (state == SessionState.DISCONNECTED) {
                end(first);
            } else if (!known) {
                loop.inSlices(() -> end(first));
            }
        });
    }

    /** The connection is gone: ends the session at once. */
    void lost(How how, @Nullable Throwable reported) {
        assert loop.isCurrent();
        end(note(how, reported));
    }

    /** What comes between the loss and the end, such as writes that fail and timers, is not the cause. */
    private Loss note(How how, @Nullable Throwable reported) {
        Loss first = loss;
        if (first == null) {
            boolean expected = shutdown.endIsExpected();
            first = new Loss(how, reported, expected, expected || state == SessionState.DISCONNECTING);
            loss = first;
        }
        return first;
    }

    private void end(Loss lost) {
        if (state == SessionState.DISCONNECTED) {
            log.debug("Ignored, since the session has already ended: the connection is gone ({})", lost.how);
            return;
        }
        serverHasGone = lost.expected && lost.how != How.CLOSED_LOCALLY;
        String what =
                switch (lost.how) {
                    case END_OF_FILE -> "The server closed the connection";
                    case RESET -> "The connection was reset: " + lost.reported;
                    case INSIDE_MESSAGE -> "The connection ended in the middle of a message";
                    case CLOSED_LOCALLY, SILENT -> "The connection was closed on this side";
                };
        end(
                new ConnectionLostError(
                        lost.how,
                        log.prefix() + what + (lost.expected ? ", as was to be expected" : ""),
                        lost.reported),
                lost.orderly);
    }

    /** Something was thrown where nothing may be: what comes from the server can no longer be trusted to arrive. */
    void broken(Throwable thrown) {
        assert loop.isCurrent();
        end(InboundDecoder.broken(log.prefix(), thrown), state == SessionState.DISCONNECTING);
    }

    private void flushThenEnd() {
        if (flushing || state == SessionState.DISCONNECTED) {
            return;
        }
        flushing = true;
        pending.close();
        Runnable end = () -> end(
                new StateError(
                        log.prefix() + "disconnect() was called", SessionState.DISCONNECTED, SessionState.RUNNING),
                true);
        Disposable timeout = loop.schedule(FLUSH_TIMEOUT, end);
        writer.afterFlush(() -> {
            timeout.dispose();
            loop.execute(end);
        });
    }

    private void end(QmpError error, boolean orderly) {
        assert loop.isCurrent();
        if (state == SessionState.DISCONNECTED) {
            log.debug("Ignored, since the session has already ended: {}", error.getMessage());
            return;
        }
        log.debug("The session ends: {}", error.getMessage());
        loop.unwatch();
        change(SessionState.DISCONNECTED);
        states.tryEmitComplete().orThrow();
        cause.tryEmitValue(error).orThrow();
        pending.interruptAll(error);
        events.end(orderly ? null : error);
        report.ended(orderly ? null : error);
        if (loop.isOver()) {
            // No event loop would run the close, nor complete its future.
            Sockets.close(log.session(), channel);
            signalClosed(error, orderly);
        } else {
            channel.close()
                    .addListener((ChannelFutureListener) done -> loop.execute(() -> signalClosed(error, orderly)));
        }
    }

    private void signalClosed(QmpError error, boolean orderly) {
        Sinks.EmitResult result = orderly ? closed.tryEmitEmpty() : closed.tryEmitError(error);
        result.orThrow();
    }

    private void change(SessionState next) {
        state = next;
        states.tryEmitNext(next).orThrow();
    }
}
