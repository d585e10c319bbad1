package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.internal.codec.GreetingReader;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.codec.InboundDecoder;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.internal.commands.PendingCommands;
import io.github.qmpreactive.internal.commands.ReplyReader;
import io.github.qmpreactive.internal.commands.Request;
import io.github.qmpreactive.internal.commands.ShutdownWatch;
import io.github.qmpreactive.internal.commands.SyncGate;
import io.github.qmpreactive.internal.commands.WireLog;
import io.github.qmpreactive.internal.events.EventHub;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.SessionState;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/**
 * The one subscriber of what the server sends, from the greeting to the end: it always reads, and tells each message
 * where it belongs.
 */
final class InboundRouter implements CoreSubscriber<Object> {

    /** QEMU reads no more commands of a client than these before it replies. */
    private static final int MAX_REPLIES_AHEAD = 8;

    private final SessionLoop loop;
    private final SessionLog log;
    private final DroppedLog dropped;
    private final Function<Inbound.Reply, @Nullable Request> commands;
    private final WireLog wire;
    private final InboundDecoder decoder;
    private final PendingCommands pending;
    private final EventHub events;
    private final ShutdownWatch shutdown;
    private final Termination termination;
    private final Sinks.One<Greeting> greeting = Sinks.one();
    private SyncGate gate = SyncGate.ALWAYS;
    private boolean greeted;
    private int repliesAhead;

    /** Whether a command of this session was answered: what came before may be meant for the client before. */
    private boolean heard;

    private volatile @Nullable String droppedError;

    /** An agent is in the hands of the guest: of what it sends, nothing but replies to commands is taken. */
    private boolean repliesOnly;

    InboundRouter(
            SessionLoop loop,
            SessionLog log,
            WireLog wire,
            InboundDecoder decoder,
            PendingCommands pending,
            EventHub events,
            ShutdownWatch shutdown,
            Termination termination,
            boolean awaitGreeting) {
        this.loop = loop;
        this.log = log;
        this.dropped = new DroppedLog(log);
        this.commands = pending::commandOf;
        this.wire = wire;
        this.decoder = decoder;
        this.pending = pending;
        this.events = events;
        this.shutdown = shutdown;
        this.termination = termination;
        this.greeted = !awaitGreeting;
    }

    /** The server is an agent: it neither greets nor sends events, and the gate looks at each message first. */
    void readAgent(SyncGate keeper) {
        gate = keeper;
        greeted = true;
        heard = true;
        repliesOnly = true;
        dropped.limitToOneLine();
    }

    /** The session has ended. */
    void ended() {
        dropped.logSum();
    }

    /** The words of the last error without an id that was dropped; null if there was none. */
    @Nullable
    String droppedError() {
        return droppedError;
    }

    /** The greeting, once it has come. */
    Mono<Greeting> greeting() {
        return greeting.asMono();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object received) {
        if (received instanceof ByteBuf unread) {
            // It came in before the session took the connection over.
            readAhead(unread);
        } else if (received instanceof Inbound message) {
            route(message);
        } else {
            dropped.warn(() -> "an object that is not bytes: " + received.getClass());
        }
    }

    private void readAhead(ByteBuf bytes) {
        try {
            decoder.decode(bytes, this::route);
        } catch (QmpError e) {
            termination.fail(e);
        }
    }

    private void route(Inbound message) {
        boolean outermost = loop.enter();
        try {
            dispatch(message);
        } finally {
            if (outermost) {
                leave();
            }
        }
    }

    /** What callbacks have asked for takes effect; if it throws, the session has failed in itself. */
    private void leave() {
        try {
            loop.leave();
        } catch (Throwable e) {
            termination.broken(e);
        }
    }

    private void dispatch(Inbound message) {
        if (termination.state() == SessionState.DISCONNECTED) {
            return;
        }
        try {
            takeIn(message);
        } catch (Throwable e) {
            termination.broken(e);
        }
    }

    private void takeIn(Inbound message) {
        wire.received(message, commands);
        if (gate.take(message)) {
            return;
        }
        if (message instanceof Inbound.Unusable unusable) {
            doWithout(unusable);
        } else if (repliesOnly && !(message instanceof Inbound.Reply)) {
            dropped.warn(() -> "a message of the agent that is not a reply: " + WireText.of(message.raw()));
        } else if (message instanceof Inbound.Event event) {
            shutdown.event(event.event().name());
            events.emit(event.event());
        } else if (!greeted) {
            greet(message);
        } else if (message instanceof Inbound.Reply reply) {
            answer(reply);
        } else {
            dropped.warn(() -> "a message that is neither a reply nor an event: " + WireText.of(message.raw()));
        }
    }

    @Override
    public void onError(Throwable error) {
        if (error instanceof QmpError ours) {
            loop.execute(() -> termination.fail(ours));
        } else {
            termination.connectionClosed(How.RESET, error);
        }
    }

    @Override
    public void onComplete() {
        termination.connectionEnded(decoder.isInsideMessage());
    }

    /** The server has closed the connection, which is still open on this side. */
    void onEndOfInput() {
        termination.connectionClosed(decoder.isInsideMessage() ? How.INSIDE_MESSAGE : How.END_OF_FILE, null);
    }

    /** Only what it belongs to is hurt: an event, or a command. */
    private void doWithout(Inbound.Unusable message) {
        String event = message.event();
        if (event != null) {
            if (!repliesOnly) {
                shutdown.event(event);
                events.dropUnusable(event);
            }
            dropped.warn(() -> "an event, " + WireText.ofName(event) + ": " + message.problem(log.prefix()));
        } else if (!greeted && repliesAhead++ >= MAX_REPLIES_AHEAD) {
            termination.fail(message.error());
        } else if (!greeted || pending.answer(message) == PendingCommands.Match.UNKNOWN) {
            dropped.warn(() -> "a reply to no command that was sent: " + WireText.of(message.raw()));
        } else {
            heard = true;
        }
    }

    private void greet(Inbound message) {
        if (isOfTheClientBefore(message)) {
            dropped.warn(() -> "a reply before the greeting, to the client before: " + WireText.of(message.raw()));
            return;
        }
        greeted = true;
        try {
            Greeting read = GreetingReader.read(log.prefix(), message);
            shutdown.greeted(read.version());
            greeting.tryEmitValue(read).orThrow();
        } catch (GreetingError e) {
            termination.fail(e);
        }
    }

    /** QEMU hands out a reply that it owes the client before as soon as the next one is there, maybe before it greets. */
    private boolean isOfTheClientBefore(Inbound message) {
        boolean isReply = message.raw().has("return") || message.raw().has("error");
        return isReply && !message.raw().has("QMP") && repliesAhead++ < MAX_REPLIES_AHEAD;
    }

    private void answer(Inbound.Reply reply) {
        switch (pending.answer(reply)) {
            case DELIVERED -> heard = true;
            case LATE -> {
                heard = true;
                log.debug("Dropped the reply to a command that was given up: {}", idOf(reply));
            }
            case UNKNOWN -> unknown(reply);
        }
    }

    private static String idOf(Inbound.Reply reply) {
        JsonNode id = reply.id();
        return id == null ? "none" : WireText.of(id);
    }

    private void errorWithoutId(Inbound.Reply reply) {
        ErrorResponse response = ReplyReader.errorResponse(reply.raw().path("error"));
        String words = response == null ? WireText.of(reply.raw()) : WireText.ofWords(response.description());
        if (heard) {
            termination.fail(new ServerParseError(
                    log.prefix() + "The server could not parse what it was sent: " + words, response, reply.raw()));
        } else {
            droppedError = words;
            dropped.warn(() ->
                    "an error without an id, which may be for the client before: no reply to this one yet: " + words);
        }
    }

    private void unknown(Inbound.Reply reply) {
        if (reply.id() == null && reply.isError()) {
            errorWithoutId(reply);
        } else if (reply.isError()) {
            dropped.error(() -> "an error reply to no command that was sent: " + WireText.of(reply.raw()));
        } else {
            dropped.warn(() -> "a reply to no command that was sent, id " + idOf(reply));
        }
    }
}
