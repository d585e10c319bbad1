package io.github.qmpreactive;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.internal.transport.KeepAlive;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/**
 * Opens sessions with a monitor of QEMU. Immutable: every setter returns a new client, so one can be kept, shared and
 * specialised.
 *
 * <pre>{@code
 * QmpClient.create().unixSocket(Path.of("/run/vm.sock")).connect()
 *         .flatMap(session -> session.execute("query-status"))
 * }</pre>
 */
public final class QmpClient {

    private static final QmpClient DEFAULTS = new QmpClient(new ClientConfig());

    private final ClientConfig config;

    private QmpClient(ClientConfig config) {
        this.config = config;
    }

    /**
     * A client with the defaults, and no address yet.
     *
     * @return the client
     */
    public static QmpClient create() {
        return DEFAULTS;
    }

    /**
     * Sets the address of the monitor: {@code unix:/run/vm.sock}, {@code /run/vm.sock}, {@code tcp:127.0.0.1:4444}, {@code
     * localhost:4444} or {@code [::1]:4444}. Without a colon it is a path; without a host it is localhost. What follows a comma, as in {@code ,server=on,wait=off} on QEMU's command line, is ignored. Options
     * that change what the address means are refused by name ({@code abstract}, {@code tls-creds}, {@code websocket}, {@code
     * fd}), and so are addresses of other kinds ({@code fd:}, {@code vsock:}, {@code http://}).
     *
     * @param address the address
     * @return a new client
     * @throws IllegalArgumentException if it is no address, or of a kind that is not supported; the message says what is
     *     wrong with it, and what to do instead
     */
    public QmpClient address(String address) {
        Endpoint endpoint = AddressParser.parse(address);
        return with(c -> c.endpoint = endpoint);
    }

    /**
     * Sets the address of the monitor to a UNIX socket.
     *
     * @param path its path, of 107 bytes at most with a native transport, 106 without one; on macOS 103 and 102
     * @return a new client
     */
    public QmpClient unixSocket(Path path) {
        Objects.requireNonNull(path, "path");
        return with(c -> c.endpoint = new Endpoint.Unix(path));
    }

    /**
     * Sets the address of the monitor to a TCP port.
     *
     * @param host a name or an address; an IPv6 address without brackets
     * @param port from 1 to 65535; 0 to listen on one that is free
     * @return a new client
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public QmpClient tcp(String host, int port) {
        Endpoint endpoint = AddressParser.tcp(host, port);
        return with(c -> c.endpoint = endpoint);
    }

    /**
     * The address that was set, as text.
     *
     * @return for example {@code unix:/run/vm.sock} or {@code tcp:127.0.0.1:4444}; {@link #address(String)} takes it
     * @throws IllegalStateException if there is none
     */
    public String address() {
        return config.requireEndpoint().toQemu();
    }

    /**
     * Names the sessions, for logs and errors. Default: the address.
     *
     * @param name the name
     * @return a new client
     */
    public QmpClient name(String name) {
        Objects.requireNonNull(name, "name");
        return with(c -> c.name = name);
    }

    /**
     * How long connecting may take, the resolving of the host's name included. Default: 10 seconds.
     *
     * @param timeout more than zero; {@code ChronoUnit.FOREVER.getDuration()}, as all above 100 years, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient connectTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("connectTimeout", timeout);
        return with(c -> c.connectTimeout = limit);
    }

    /**
     * How long greeting and negotiation may take together. Default: 10 seconds.
     *
     * @param timeout more than zero; {@code ChronoUnit.FOREVER.getDuration()}, as all above 100 years, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient handshakeTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("handshakeTimeout", timeout);
        return with(c -> c.handshakeTimeout = limit);
    }

    /**
     * How long each command may take, from subscribing to its reply, waiting for its turn included. Default: no limit,
     * since {@code dump-guest-memory} and others take as long as their work. For events see {@link #eventTimeout}.
     *
     * @param timeout more than zero; {@code ChronoUnit.FOREVER.getDuration()}, as all above 100 years, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient commandTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("commandTimeout", timeout);
        return with(c -> c.commandTimeout = limit);
    }

    /**
     * How long {@link QmpSession#executeAndAwait executeAndAwait} waits for the event once its command has succeeded.
     * Default: {@link #commandTimeout}; no limit if that has none.
     *
     * @param timeout more than zero; {@code ChronoUnit.FOREVER.getDuration()}, as all above 100 years, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient eventTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("eventTimeout", timeout);
        return with(c -> c.eventTimeout = limit);
    }

    /**
     * How much of the handshake to go through. Default: {@link HandshakeMode#FULL}.
     *
     * @param mode the mode
     * @return a new client
     */
    public QmpClient handshake(HandshakeMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(c -> c.handshake = mode);
    }

    /**
     * What to do about the capability {@code oob}. {@link OobMode#REQUIRE} needs {@link HandshakeMode#FULL}, else opening
     * a session fails with {@link IllegalStateException}. Default: {@link OobMode#AUTO}.
     *
     * @param mode the mode
     * @return a new client
     */
    public QmpClient oob(OobMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(c -> c.oob = mode);
    }

    /**
     * TCP keep-alive, to dial and to be dialled: a peer that is silent for this long is probed, and after three probes
     * without an answer, in about the same time, the session ends with {@link
     * io.github.qmpreactive.error.ConnectionLostError}. It detects a lost host, and keeps an idle connection known to
     * firewalls. Where the transport cannot set the times, the system's hold. No effect on UNIX sockets. Default: off.
     *
     * @param idle from 1 second to 9 hours; parts of a second are left out
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public QmpClient keepAlive(Duration idle) {
        KeepAlive keepAlive = ClientConfig.keepAlive(idle);
        return with(c -> c.keepAlive = keepAlive);
    }

    /**
     * How large one message of the server may be. A larger reply, or one whose tree would take more than eight times as
     * much memory, fails its command with {@link io.github.qmpreactive.error.MessageTooLargeError}; a larger event is
     * dropped and logged. The session ends if the message has neither an id nor the name of an event, or is over 64 times
     * as large. Default: 10 MiB (10,485,760 bytes).
     *
     * @param bytes from 64 to 1 GiB (1,073,741,824)
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public QmpClient maxMessageSize(int bytes) {
        ClientConfig.requireMessageSize(bytes);
        return with(c -> c.maxMessageSize = bytes);
    }

    /**
     * How many commands in band may be written and unanswered at a time; more wait. Default: 7, the most with which QEMU
     * reads commands out of band whatever its other monitors do. A place is free again when the reply has come.
     *
     * @param commands 1 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification</a>, "Out-of-band execution"
     */
    public QmpClient maxInFlight(int commands) {
        ClientConfig.requireAtLeast("maxInFlight", 1, commands);
        return with(c -> c.maxInFlight = commands);
    }

    /**
     * How many commands in band may wait for their turn, beyond those in flight; one more fails at once with {@link
     * io.github.qmpreactive.error.CommandQueueFullError}. Of those out of band, which do not wait for a turn, as many may
     * be unanswered as of those in band together: {@code maxInFlight + maxQueued}. Default: 10,000.
     *
     * @param commands 0 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public QmpClient maxQueued(int commands) {
        ClientConfig.requireAtLeast("maxQueued", 0, commands);
        return with(c -> c.maxQueued = commands);
    }

    /**
     * How many bytes the commands may have that wait for their turn or for their reply, in band or out of band; one more
     * fails at once with {@link io.github.qmpreactive.error.CommandQueueFullError}. The bytes of a command are free again
     * when it is cancelled before it was written, or answered. Default: 64 MiB (67,108,864 bytes), QEMU's own limit.
     *
     * @param bytes 1 KiB (1,024) at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public QmpClient maxQueuedBytes(long bytes) {
        ClientConfig.requireQueuedBytes(bytes);
        return with(c -> c.maxQueuedBytes = bytes);
    }

    /**
     * How many handshakes a listener goes through at a time; who dials in beyond that waits. Default: 16.
     *
     * @param handshakes 1 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public QmpClient maxHandshakes(int handshakes) {
        ClientConfig.requireAtLeast("maxHandshakes", 1, handshakes);
        return with(c -> c.maxHandshakes = handshakes);
    }

    /**
     * Speaks TLS, over TCP. The certificate of the server is checked, its host's name included, as the context says:
     * Netty's {@code SslContextBuilder.forClient()} checks both unless it is told otherwise. Default: no TLS.
     *
     * @param context a client's context to connect, a server's to listen; anything else fails with {@link
     *     IllegalStateException} then, as a UNIX socket does
     * @return a new client
     */
    public QmpClient secure(SslContext context) {
        Objects.requireNonNull(context, "context");
        return with(c -> c.tls = context);
    }

    /**
     * The mapper that converts to and from users' classes. What is on the wire is not its business. Default: Jackson's
     * defaults, but that members of a record or bean that are null are not sent, that primitive ones which are missing
     * from a reply or null become 0, and that what the class does not know is ignored.
     *
     * @param mapper the mapper
     * @return a new client
     */
    public QmpClient jsonMapper(JsonMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return with(c -> c.jsonMapper = mapper);
    }

    /**
     * The event loops to run connections on, which the caller disposes of. Those of {@code LoopResources.create} refuse
     * {@code block()}; on others blocking where events and replies are emitted hangs. Default: those that Reactor Netty
     * shares among its TCP clients.
     *
     * @param loops the event loops
     * @return a new client
     */
    public QmpClient runOn(LoopResources loops) {
        Objects.requireNonNull(loops, "loops");
        return with(c -> c.loops = loops);
    }

    /**
     * Opens a session: connects, waits for the greeting, negotiates capabilities. Each subscription opens one of its
     * own, which then belongs to the subscriber: it lasts until someone disconnects it.
     *
     * @return emits the session on its event loop, then completes. Fails with {@link
     *     io.github.qmpreactive.error.ConnectError} if the server is not reached, or goes silent or away during the
     *     handshake; {@link io.github.qmpreactive.error.GreetingError}, {@link
     *     io.github.qmpreactive.error.NegotiationError}, {@link io.github.qmpreactive.error.MalformedMessageError} or
     *     {@link io.github.qmpreactive.error.MessageTooLargeError} if it does not speak QMP; {@link
     *     IllegalStateException} if there is no address. Whenever it fails or is cancelled the connection is closed.
     *     A subscriber that cancels at the moment of the emission may drop the session without a trace: it is closed when the
     *     garbage collector finds that it was never used, and {@link #withSession} leaves nothing to chance. An error behind
     *     a cancel is logged at DEBUG. Nothing is retried: {@code connect().retryWhen(...)} does, and {@link
     *     io.github.qmpreactive.error.ConnectError.Reason#isTemporary()} tells when that may help. One session for many,
     *     opened anew when it has ended, is {@code connect().cacheInvalidateIf(session -> !session.isRunning())}
     */
    public Mono<QmpSession> connect() {
        return new Openings(config).connect();
    }

    /**
     * Opens a session on a connection that is open already: one to a tunnel's end, or one on which somebody else has
     * negotiated ({@link HandshakeMode#NONE}). It is not to be read from by anybody else, neither before nor after.
     * Address, {@code connectTimeout} and {@code runOn} play no part; the session is called after the other side of the
     * connection, unless {@link #name} names it.
     *
     * @param existing a connection as Reactor Netty's {@code TcpClient} or {@code TcpServer} hands it out; one on a channel
     *     of your own, or on a descriptor, needs {@link reactor.netty.channel.ChannelOperations#addReactiveBridge}
     * @return emits the session on the connection's event loop, then completes. Fails as {@link #connect()}, with {@link
     *     io.github.qmpreactive.error.ConnectError} also if the connection is not open; and with {@link
     *     IllegalStateException}, which leaves the connection alone, if there was a session on it before. Whenever it
     *     fails otherwise or is cancelled the connection is closed
     */
    public Mono<QmpSession> connect(Connection existing) {
        Objects.requireNonNull(existing, "existing");
        return new Openings(config).adopt(existing);
    }

    /**
     * Listens at the address, takes the first QEMU that dials in, and stops listening. Others that dial in meanwhile are
     * hung up on, with a line in the log. It waits for as long as it takes.
     *
     * @return emits the session on its event loop, then completes. Fails as {@link #listen()} if there is no listening, and
     *     with what {@link #connect()} fails with if the handshake with the first to dial in does. When it fails or is
     *     cancelled all that it has opened is closed; at the moment of the emission as with {@link #connect()}
     */
    public Mono<QmpSession> accept() {
        return new Openings(config).accept();
    }

    /**
     * Listens at the address for any number of QEMUs that dial in. The port 0 is one that is free; a socket file on which
     * nobody listens any more is replaced.
     *
     * @return emits a listener, which then belongs to the subscriber until it is closed, and completes. Fails with {@link
     *     io.github.qmpreactive.error.ConnectError} if it cannot listen there: the address is in use, the path is too long,
     *     it is not permitted; and with {@link IllegalStateException} if there is no address
     */
    public Mono<QmpListener> listen() {
        return new Openings(config).listen();
    }

    /**
     * Opens a session, works with it, and disconnects it, whether the work completes, fails or is cancelled.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, and ends as it ends, after the session was disconnected; fails as {@link
     *     #connect()} if there is no session
     */
    public <T> Flux<T> withSession(Function<QmpSession, ? extends Publisher<T>> work) {
        return Flux.usingWhen(connect(), work, QmpSession::disconnect);
    }

    /**
     * As {@link #withSession}, for work that emits one value at most.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, or completes empty, after the session was disconnected; fails as {@link #withSession}
     */
    public <T> Mono<T> use(Function<? super QmpSession, ? extends Mono<T>> work) {
        return Mono.usingWhen(connect(), work, QmpSession::disconnect);
    }

    /** Its name, if it has one, and its address. */
    @Override
    public String toString() {
        return "QmpClient[" + config + "]";
    }

    private QmpClient with(Consumer<ClientConfig> change) {
        return new QmpClient(config.with(change));
    }
}
