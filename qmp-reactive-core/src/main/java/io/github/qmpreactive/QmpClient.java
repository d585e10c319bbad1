package io.github.qmpreactive;

import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Opens sessions with a monitor of QEMU. Immutable: every setter returns a new client, so one can be kept, shared and
 * specialised.
 *
 * <pre>{@code
 * QmpClient.create().unixSocket(Path.of("/run/vm.sock")).connect()
 *         .flatMap(session -> session.execute("query-status"))
 * }</pre>
 */
public final class QmpClient extends ClientSettings<QmpClient> {

    private static final QmpClient DEFAULTS = new QmpClient(new ClientConfig());

    private QmpClient(ClientConfig config) {
        super(config);
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
     * Sets how long {@link QmpSession#executeAndAwait executeAndAwait} waits for the event once its command has succeeded.
     * Default: the command's own limit ({@link io.github.qmpreactive.message.QmpCommand#timeout(Duration)}), else
     * {@link #commandTimeout}; no limit if there is neither.
     *
     * @param timeout more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient eventTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("eventTimeout", timeout);
        return with(c -> c.eventTimeout = limit);
    }

    /**
     * Ends a session whose server has become silent: a QEMU that was stopped, a monitor that was deleted at run time, a
     * host that is gone. When nothing was received for this long, the client sends a query that costs the server
     * little. When nothing is received for as long again, the session ends with
     * {@link io.github.qmpreactive.error.ConnectionLostError}, {@link
     * io.github.qmpreactive.error.ConnectionLostError.How#SILENT SILENT}.
     *
     * <p>Where {@code oob} is enabled, the query is sent out of band: a QEMU that is busy with a long command still
     * answers it, if {@link #maxInFlight} is at most 8. Without {@code oob} QEMU answers one command after the other,
     * so {@code idle} must be longer than the longest command takes: {@code snapshot-save} takes as long as the guest's
     * memory takes to be written. Default: off.
     *
     * @param idle more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is off in effect
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient probe(Duration idle) {
        Duration limit = ClientConfig.limit("probe", idle);
        return with(c -> c.probe = limit);
    }

    /**
     * Sets how much of the handshake the client performs. Default: {@link HandshakeMode#FULL}.
     *
     * @param mode the mode
     * @return a new client
     */
    public QmpClient handshake(HandshakeMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(c -> c.handshake = mode);
    }

    /**
     * Sets whether the client enables the capability {@code oob}. {@link OobMode#REQUIRE} needs {@link HandshakeMode#FULL},
     * else opening a session fails with {@link IllegalStateException}. Default: {@link OobMode#AUTO}.
     *
     * @param mode the mode
     * @return a new client
     */
    public QmpClient oob(OobMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(c -> c.oob = mode);
    }

    /**
     * Sets how many commands in band may be written and unanswered at a time; more wait. Default: 7, the most with which
     * QEMU reads commands out of band whatever its other monitors do. A place is free again when the reply has come.
     *
     * @param commands 1 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification</a>, "Out-of-band
     *     execution"
     */
    public QmpClient maxInFlight(int commands) {
        ClientConfig.requireAtLeast("maxInFlight", 1, commands);
        return with(c -> c.maxInFlight = commands);
    }

    /**
     * Sets how many handshakes a listener performs at a time; further connections wait. Default: 16.
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
     * Opens a session: connects, waits for the greeting, negotiates capabilities. Each subscription opens one of its
     * own, which then belongs to the subscriber: it lasts until it is disconnected.
     *
     * @return emits the session on its event loop, then completes. Fails with
     *     {@link io.github.qmpreactive.error.ConnectError} if the server cannot be reached, or stops answering or
     *     closes the connection during the handshake; {@link io.github.qmpreactive.error.GreetingError},
     *     {@link io.github.qmpreactive.error.NegotiationError},
     *     {@link io.github.qmpreactive.error.MalformedMessageError} or
     *     {@link io.github.qmpreactive.error.MessageTooLargeError} if it does not speak QMP;
     *     {@link IllegalStateException} if there is no address. Whenever it fails or is cancelled the connection is
     *     closed. If the subscriber cancels at the moment of the emission, the session may be lost; it is then closed
     *     when the garbage collector finds that it was never used. {@link #withSession} and {@link #use} avoid that. An error after a
     *     cancel is logged at DEBUG. The client never retries: use {@code connect().retryWhen(...)};
     *     {@link io.github.qmpreactive.error.QmpError#isTemporary()} says whether a retry may help. To share one
     *     session, and to open another one when it has ended, use {@code connect().cacheInvalidateIf(session ->
     *     !session.isRunning())}
     */
    public Mono<QmpSession> connect() {
        return new SessionOpener(config).connect();
    }

    /**
     * Opens a session on a connection that is open already: one to a tunnel's end, or one on which another program has
     * negotiated ({@link HandshakeMode#NONE}). No other code may read from it, neither before nor after. Address,
     * {@code connectTimeout} and {@code runOn} are ignored; the session is named after the peer of the connection,
     * unless {@link #name} is set.
     *
     * @param existing a connection as Reactor Netty's {@code TcpClient} or {@code TcpServer} hands it out; one on a
     *     channel of your own, or on a descriptor, needs {@link
     *     reactor.netty.channel.ChannelOperations#addReactiveBridge}
     * @return emits the session on the connection's event loop, then completes. Fails as {@link #connect()}, with
     *     {@link io.github.qmpreactive.error.ConnectError} also if the connection is not open; and with
     *     {@link IllegalStateException}, which leaves the connection alone, if there was a session on it before.
     *     Whenever it fails otherwise or is cancelled, the connection is closed. A cancel at the moment of the emission
     *     has the effect described at {@link #connect()}
     */
    public Mono<QmpSession> connect(Connection existing) {
        Objects.requireNonNull(existing, "existing");
        return new SessionOpener(config).adopt(existing);
    }

    /**
     * Listens at the address, accepts the first QEMU that connects, and stops listening. Closes other connections
     * accepted meanwhile, with a line in the log. There is no time limit.
     *
     * @return emits the session on its event loop, then completes. Fails as {@link #listen()} if it cannot listen, and
     *     as {@link #connect()} if the handshake with the first QEMU fails. When it fails or is cancelled, it closes
     *     everything that it has opened. A cancel at the moment of the emission has the effect described at
     *     {@link #connect()}
     */
    public Mono<QmpSession> accept() {
        return new SessionOpener(config).accept();
    }

    /**
     * Listens at the address for any number of QEMUs that connect. Port 0 selects a free port; a socket file on which
     * no program listens is replaced.
     *
     * @return emits a listener, which then belongs to the subscriber until it is closed, and completes. Fails with
     *     {@link io.github.qmpreactive.error.ConnectError} if it cannot listen there: the address is in use, the path
     *     is too long, it is not permitted; and with {@link IllegalStateException} if there is no address. When it is
     *     cancelled it stops listening. If the subscriber cancels at the moment of the emission, the listener may be
     *     lost; it is then closed when the garbage collector finds that it was never used
     */
    public Mono<QmpListener> listen() {
        return new SessionOpener(config).listen();
    }

    /**
     * Opens a session, works with it, and disconnects it, whether the work completes, fails or is cancelled.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, and ends as it ends, after the session was disconnected; fails as
     *     {@link #connect()} if no session can be opened
     */
    public <T> Flux<T> withSession(Function<QmpSession, ? extends Publisher<T>> work) {
        return Flux.usingWhen(connect(), work, QmpSession::disconnect);
    }

    /**
     * As {@link #withSession}, for work that emits one value at most.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, or completes empty, after the session was disconnected; fails as
     *     {@link #withSession}
     */
    public <T> Mono<T> use(Function<? super QmpSession, ? extends Mono<T>> work) {
        return Mono.usingWhen(connect(), work, QmpSession::disconnect);
    }

    @Override
    QmpClient with(Consumer<ClientConfig> change) {
        return new QmpClient(config.with(change));
    }
}
