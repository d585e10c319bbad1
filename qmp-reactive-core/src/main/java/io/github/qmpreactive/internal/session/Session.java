package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.internal.codec.InboundDecoder;
import io.github.qmpreactive.internal.commands.CommandAdmission;
import io.github.qmpreactive.internal.commands.CommandExecutor;
import io.github.qmpreactive.internal.commands.DescriptorCommands;
import io.github.qmpreactive.internal.commands.PendingCommands;
import io.github.qmpreactive.internal.commands.ReplyReader;
import io.github.qmpreactive.internal.commands.Request;
import io.github.qmpreactive.internal.commands.ShutdownWatch;
import io.github.qmpreactive.internal.commands.TimeLimit;
import io.github.qmpreactive.internal.commands.WireLog;
import io.github.qmpreactive.internal.events.EventHub;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.DescriptorWriter;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.DescriptorTransport;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.schema.QmpSchema;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One session on one connection: puts the parts together and offers what can be done with them. */
public final class Session {

    /** The handler that reads messages from bytes. */
    private static final String READER = "qmp.inbound";

    private final SessionSettings settings;
    private final Channel channel;
    private final SessionName name;
    private final SessionLog log;
    private final SessionLoop loop;
    private final WireLog wire;
    private final OutboundWriter writer;
    private final PendingCommands pending;
    private final EventHub events;
    private final ShutdownWatch shutdown = new ShutdownWatch();
    private final Termination termination;
    private final InboundRouter router;
    private final CommandExecutor commands;
    private final Opening opening;
    private final SchemaQuestion schema;

    private Session(Channel channel, InboundDecoder decoder, SessionName name, SessionSettings settings) {
        this.settings = settings;
        this.channel = channel;
        this.name = name;
        this.log = new SessionLog(name);
        this.loop = new SessionLoop(channel.eventLoop());
        this.wire = new WireLog(name);
        this.writer = new OutboundWriter(channel, loop);
        DescriptorTransport descriptors = new DescriptorTransport(name::prefix, channel);
        DescriptorWriter descriptorWriter = new DescriptorWriter(loop, writer, descriptors);
        this.pending = new PendingCommands(loop, writer, descriptorWriter, wire, name, settings.commands());
        pending.use(shutdown);
        this.events = new EventHub(loop, log, settings.report());
        this.termination = new Termination(loop, log, channel, writer, pending, events, shutdown);
        termination.use(settings.report());
        boolean awaitGreeting = settings.handshake() != HandshakeMode.NONE;
        this.router =
                new InboundRouter(loop, log, wire, decoder, pending, events, shutdown, termination, awaitGreeting);
        Duration idle = settings.probe();
        this.opening = new Opening(loop, log, termination, enabled -> {
            settings.report().ready();
            if (idle != null) {
                watch(idle, enabled);
            }
        });
        CommandAdmission admission = new CommandAdmission(
                name,
                settings.handshake(),
                settings.commands(),
                pending,
                descriptors,
                termination::state,
                opening::capabilities,
                settings.report());
        this.commands = new CommandExecutor(
                log,
                admission,
                new ReplyReader(name),
                shutdown,
                fatal -> loop.execute(() -> termination.broken(fatal)));
        this.schema = new SchemaQuestion(log, commands::execute);
        writer.onFailure(cause -> termination.lost(How.RESET, cause));
        var unused = termination.failure().subscribe(none -> {}, end -> router.ended());
    }

    /** Takes over a connection and begins to read. */
    static Session start(Connection connection, SessionSettings settings) {
        SessionName name = new SessionName(settings.name());
        InboundDecoder decoder = new InboundDecoder(name::prefix, settings.maxMessageSize());
        Session session = new Session(connection.channel(), decoder, name, settings);
        session.read(connection, decoder);
        return session;
    }

    /** Prepares to take over a connection to a server that neither greets nor negotiates. */
    static SyncContext prepare(Connection connection, SessionSettings settings) {
        SessionName name = new SessionName(settings.name());
        InboundDecoder decoder = new InboundDecoder(name::prefix, settings.maxMessageSize());
        Session session = new Session(connection.channel(), decoder, name, settings);
        return new SyncContext(session, session.loop, session.wire, session.writer, decoder, session.pending, gate -> {
            session.pending.use(gate);
            session.router.readAgent(gate);
            session.read(connection, decoder);
        });
    }

    private void read(Connection connection, InboundDecoder decoder) {
        // A write that fails must not discard what the server said last.
        connection.channel().config().setAutoClose(false);
        connection.addHandlerLast(READER, decoder);
        EndOfInput.watch(channel, router::onEndOfInput);
        connection.inbound().receiveObject().subscribe(router);
    }

    /**
     * Its name.
     *
     * @return the name
     */
    public String name() {
        return name.get();
    }

    /**
     * Changes its name.
     *
     * @param next the name from now on; on any thread
     */
    public void rename(String next) {
        name.set(next);
    }

    /**
     * Its state.
     *
     * @return the state; readable from any thread
     */
    public SessionState state() {
        return termination.state();
    }

    /**
     * Its states.
     *
     * @return the state now, then each change; completes with DISCONNECTED
     */
    public Flux<SessionState> states() {
        return termination.states();
    }

    /**
     * Runs a command.
     *
     * @param command the command
     * @return its {@code return} member
     */
    public Mono<JsonNode> execute(QmpCommand command) {
        return commands.execute(command);
    }

    /** What the server has; it is asked once, when the first subscriber needs the answer. */
    public Mono<QmpSchema> schema() {
        return schema.answer();
    }

    /**
     * Sends a message as it is.
     *
     * @param message the message
     * @param policy what happens to its id
     * @return the whole reply
     */
    public Mono<ObjectNode> raw(ObjectNode message, IdPolicy policy) {
        return commands.raw(message, policy);
    }

    /**
     * Sends a message that is given as text.
     *
     * @param json the message
     * @param policy what happens to its id
     * @return the whole reply
     */
    public Mono<ObjectNode> raw(String json, IdPolicy policy) {
        return commands.raw(json, policy);
    }

    /**
     * Streams events.
     *
     * @param options which, and how far a subscriber may fall behind
     * @return the events
     */
    public Flux<QmpEvent> events(EventOptions options) {
        return events.events(options);
    }

    /**
     * Runs a command and streams events from before it on.
     *
     * @param command the command
     * @param options which events, and how far a subscriber may fall behind
     * @return the events; errors if the command fails
     */
    public Flux<QmpEvent> executeAndListen(QmpCommand command, EventOptions options) {
        return Flux.defer(() -> events.liveEvents(options, execute(command)));
    }

    /**
     * Runs a command and waits for an event.
     *
     * @param command the command
     * @param options which event
     * @return the first such event since the command was written, once the command has succeeded as well
     */
    public Mono<QmpEvent> executeAndAwait(QmpCommand command, AwaitOptions options) {
        return Mono.defer(() -> {
            Request request = Request.of(command);
            TimeLimit limit = settings.commands().eventLimit(request);
            EventWait wait = new EventWait(prefix(), loop, events, termination, command, options, limit);
            return wait.run(commands.execute(request, wait::onWritten));
        });
    }

    /**
     * Runs {@code quit}.
     *
     * @return completes with the end of the connection
     */
    public Mono<Void> quit() {
        return termination.closedBy(execute(QmpCommand.of("quit")));
    }

    /**
     * Ends the session.
     *
     * @return completes when the connection is closed
     */
    public Mono<Void> disconnect() {
        return disconnect(Optional::empty);
    }

    /**
     * Ends it when nothing holds it.
     *
     * @param last what is awaited first, as long as a flush may take at most; asked again when that is over
     * @return completes when the connection is closed; never fails
     */
    public Mono<Void> disconnect(Supplier<Optional<Mono<Void>>> last) {
        return termination.disconnect(last);
    }

    /**
     * The end of the session.
     *
     * @return completes after an orderly end, fails with the cause otherwise
     */
    public Mono<Void> onDisconnect() {
        return termination.closed();
    }

    /**
     * The commands that bring a descriptor.
     *
     * @return what they can be called on
     */
    public DescriptorCommands descriptors() {
        return commands.descriptors();
    }

    /** The words of the last error without an id that was dropped; null if there was none. */
    @Nullable
    String droppedError() {
        return router.droppedError();
    }

    Mono<Greeting> greeting() {
        return opening.orEnd(router.greeting());
    }

    Opening opening() {
        return opening;
    }

    /** Ends the session if the server becomes silent. */
    private void watch(Duration idle, Set<String> capabilities) {
        SilenceWatch watch = new SilenceWatch(name, loop, termination, idle, SilenceWatch.question(capabilities));
        channel.pipeline().addBefore(READER, null, watch);
        watch.start(commands::execute);
    }

    /** Runs a command; the task runs when it is written, at most once. */
    Mono<JsonNode> execute(QmpCommand command, Runnable onWritten) {
        return commands.execute(Request.of(command), onWritten);
    }

    private String prefix() {
        return log.prefix();
    }
}
