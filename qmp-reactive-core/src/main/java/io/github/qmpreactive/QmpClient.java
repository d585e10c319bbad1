package io.github.qmpreactive;

import io.github.qmpreactive.internal.session.Handshake;
import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.ConnectionLease;
import io.github.qmpreactive.internal.transport.Connector;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.option.OobMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
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

    private static final int MAX_MESSAGE_SIZE = 1 << 30;
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
     * Sets the address of the monitor: {@code unix:/run/vm.sock}, {@code /run/vm.sock}, {@code tcp:127.0.0.1:4444},
     * {@code localhost:4444} or {@code [::1]:4444}. What follows a comma, as in {@code ,server=on,wait=off} on QEMU's
     * command line, is ignored.
     *
     * @param address the address
     * @return a new client
     * @throws IllegalArgumentException if it is no address; the message says what is wrong with it
     */
    public QmpClient address(String address) {
        Endpoint endpoint = AddressParser.parse(address);
        return with(c -> c.endpoint = endpoint);
    }

    /**
     * Sets the address of the monitor to a UNIX socket.
     *
     * @param path its path, of 106 bytes at most; 107 with a native transport
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
     * @param port from 1 to 65535
     * @return a new client
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public QmpClient tcp(String host, int port) {
        Endpoint endpoint = AddressParser.tcp(host, port);
        return with(c -> c.endpoint = endpoint);
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
     * @param timeout more than zero
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient connectTimeout(Duration timeout) {
        requirePositive("connectTimeout", timeout);
        return with(c -> c.connectTimeout = timeout);
    }

    /**
     * How long greeting and negotiation may take together. Default: 10 seconds.
     *
     * @param timeout more than zero
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient handshakeTimeout(Duration timeout) {
        requirePositive("handshakeTimeout", timeout);
        return with(c -> c.handshakeTimeout = timeout);
    }

    /**
     * How long each command may take, from subscribing to its reply, waiting for its turn included. Default: no limit.
     *
     * @param timeout more than zero
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QmpClient commandTimeout(Duration timeout) {
        requirePositive("commandTimeout", timeout);
        return with(c -> c.commandTimeout = timeout);
    }

    /**
     * What to do about the capability {@code oob}. Default: {@link OobMode#AUTO}.
     *
     * @param mode the mode
     * @return a new client
     */
    public QmpClient oob(OobMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(c -> c.oob = mode);
    }

    /**
     * How large one message of the server may be. A larger one ends the session with {@link
     * io.github.qmpreactive.error.MessageTooLargeError}. Default: 10 MiB (10,485,760 bytes).
     *
     * @param bytes from 64 to 1 GiB (1,073,741,824)
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public QmpClient maxMessageSize(int bytes) {
        requireMessageSize(bytes);
        return with(c -> c.maxMessageSize = bytes);
    }

    /**
     * How many commands in band may be written and unanswered at a time; more wait. Default: 7, the most with which
     * QEMU goes on reading commands out of band whatever its other monitors do. A place is free again when the answer
     * has come, not when the caller gives up.
     *
     * @param commands 1 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification, "Out-of-band
     *     execution"</a>
     */
    public QmpClient maxInFlight(int commands) {
        requireAtLeast("maxInFlight", 1, commands);
        return with(c -> c.maxInFlight = commands);
    }

    /**
     * How many commands in band may wait for their turn, beyond those in flight; one more fails at once with {@link
     * io.github.qmpreactive.error.CommandQueueFullError}. Default: 10,000.
     *
     * @param commands 0 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public QmpClient maxQueued(int commands) {
        requireAtLeast("maxQueued", 0, commands);
        return with(c -> c.maxQueued = commands);
    }

    /**
     * The mapper that converts to and from users' classes. What is on the wire is not its business. Default: Jackson's
     * defaults, but that members of a record or bean that are null are not sent.
     *
     * @param mapper the mapper
     * @return a new client
     */
    public QmpClient jsonMapper(JsonMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return with(c -> c.jsonMapper = mapper);
    }

    /**
     * The event loops to run connections on. They stay the caller's to dispose of. Default: those that Reactor Netty
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
     *     Nothing is retried: {@code connect().retryWhen(...)} does, and {@link
     *     io.github.qmpreactive.error.ConnectError.Reason#isTemporary()} tells when that may help. One session for many,
     *     opened anew when it has ended, is {@code connect().cacheInvalidateIf(session -> !session.isRunning())}
     */
    public Mono<QmpSession> connect() {
        return Mono.defer(() -> {
            Endpoint endpoint = config.requireEndpoint();
            Connector connector = new Connector(config.sessionName(), endpoint, config.connectTimeout, config.loops);
            ConnectionLease lease = new ConnectionLease();
            return connector
                    .connect(lease::hold)
                    .flatMap(connection -> Handshake.open(connection, config.settings()))
                    .<QmpSession>handle((negotiated, sink) -> {
                        if (lease.handOver()) {
                            sink.next(new DefaultQmpSession(negotiated, config.jsonMapper));
                        }
                    })
                    // Runs behind the cancelling of what is upstream, so that the close is no error to anybody.
                    .doFinally(signal -> lease.giveUp());
        });
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

    /** Its address and name. */
    @Override
    public String toString() {
        return "QmpClient[" + config.sessionName() + "]";
    }

    private QmpClient with(Consumer<ClientConfig> change) {
        return new QmpClient(config.with(change));
    }

    static void requirePositive(String option, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + " is " + value + ", but has to be more than zero");
        }
    }

    static void requireMessageSize(int bytes) {
        requireAtLeast("maxMessageSize", 64, bytes);
        if (bytes > MAX_MESSAGE_SIZE) {
            throw new IllegalArgumentException(
                    "maxMessageSize is " + bytes + ", but has to be " + MAX_MESSAGE_SIZE + " at most");
        }
    }

    static void requireAtLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " is " + value + ", but has to be " + least + " at least");
        }
    }
}
