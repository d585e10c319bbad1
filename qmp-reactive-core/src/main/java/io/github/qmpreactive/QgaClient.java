package io.github.qmpreactive;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.internal.transport.KeepAlive;
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
 * Opens sessions with QEMU's guest agent ({@code qemu-ga}), the program inside of a guest. Immutable: every setter
 * returns a new client, so one can be kept, shared and specialised.
 *
 * <pre>{@code
 * QgaClient.create().unixSocket(Path.of("/run/vm-agent.sock")).connect()
 *         .flatMap(session -> session.execute("guest-get-osinfo"))
 * }</pre>
 *
 * <p>The address is that of the socket that leads to the agent, most often QEMU's: {@code -chardev
 * socket,id=qga0,path=/run/vm-agent.sock,server=on,wait=off -device virtio-serial -device
 * virtserialport,chardev=qga0,name=org.qemu.guest_agent.0}. QEMU takes the connection whether or not an agent runs in the
 * guest, and does not tell when it stops; so this client knows by timeouts alone, and each command has one.
 *
 * <p>Agents of QEMU 3.0 (2018) and later are served; older ones refuse commands with an id.
 */
public final class QgaClient {

    private static final QgaClient DEFAULTS = new QgaClient(new ClientConfig().with(c -> {
        c.commandTimeout = Duration.ofMinutes(1);
        c.maxInFlight = 1;
        c.maxMessageSize = 64 * 1024 * 1024;
        c.oob = OobMode.OFF;
    }));

    private final ClientConfig config;

    private QgaClient(ClientConfig config) {
        this.config = config;
    }

    /**
     * A client with the defaults, and no address yet.
     *
     * @return the client
     */
    public static QgaClient create() {
        return DEFAULTS;
    }

    /**
     * Sets the address: {@code unix:/run/vm-agent.sock}, {@code /run/vm-agent.sock}, {@code tcp:127.0.0.1:4444}, {@code
     * localhost:4444} or {@code [::1]:4444}. What follows a comma, as in {@code ,server=on,wait=off} on QEMU's command
     * line, is ignored. Options that change what the address means are refused by name ({@code abstract}, {@code
     * tls-creds}, {@code websocket}, {@code fd}), and so are addresses of other kinds ({@code fd:}, {@code vsock:}).
     *
     * @param address the address
     * @return a new client
     * @throws IllegalArgumentException if it is no address, or of a kind that is not supported; the message says what is
     *     wrong with it, and what to do instead
     */
    public QgaClient address(String address) {
        Endpoint endpoint = AddressParser.parse(address);
        return with(c -> c.endpoint = endpoint);
    }

    /**
     * Sets the address to a UNIX socket.
     *
     * @param path its path, of 107 bytes at most with a native transport, 106 without one; on macOS 103 and 102
     * @return a new client
     */
    public QgaClient unixSocket(Path path) {
        Objects.requireNonNull(path, "path");
        return with(c -> c.endpoint = new Endpoint.Unix(path));
    }

    /**
     * Sets the address to a TCP port.
     *
     * @param host a name or an address; an IPv6 address without brackets
     * @param port from 1 to 65535
     * @return a new client
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public QgaClient tcp(String host, int port) {
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
    public QgaClient name(String name) {
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
    public QgaClient connectTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("connectTimeout", timeout);
        return with(c -> c.connectTimeout = limit);
    }

    /**
     * How long the agent may take to answer {@code guest-sync-delimited}: when a session is opened, and when a command
     * was given up. Default: 10 seconds.
     *
     * @param timeout more than zero; {@code ChronoUnit.FOREVER.getDuration()}, as all above 100 years, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QgaClient handshakeTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("handshakeTimeout", timeout);
        return with(c -> c.handshakeTimeout = limit);
    }

    /**
     * How long each command may take, from subscribing to its reply, waiting for its turn included. Default: 1 minute.
     * Commands that take the agent longer, {@code guest-fstrim} for example, want more.
     *
     * @param timeout more than zero; {@code ChronoUnit.FOREVER.getDuration()}, as all above 100 years, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public QgaClient commandTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("commandTimeout", timeout);
        return with(c -> c.commandTimeout = limit);
    }

    /**
     * How large one message of the agent may be. A larger reply, or one whose tree would take more than eight times as much
     * memory, fails its command with {@link io.github.qmpreactive.error.MessageTooLargeError}; the session goes on. It ends
     * if the message has no id, or more than 64 times these bytes. Default: 64 MiB (67,108,864 bytes): the result of a {@code
     * guest-exec} is up to 16 MiB of each stream, in base64, and a {@code guest-file-read} up to 48 MB.
     *
     * @param bytes from 64 to 1 GiB (1,073,741,824)
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public QgaClient maxMessageSize(int bytes) {
        ClientConfig.requireMessageSize(bytes);
        return with(c -> c.maxMessageSize = bytes);
    }

    /**
     * How many commands may wait for their turn, beyond the one that the agent is at; one more fails at once with {@link
     * io.github.qmpreactive.error.CommandQueueFullError}. Default: 10,000.
     *
     * @param commands 0 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public QgaClient maxQueued(int commands) {
        ClientConfig.requireAtLeast("maxQueued", 0, commands);
        return with(c -> c.maxQueued = commands);
    }

    /**
     * How many bytes the commands may have that wait for their turn or for their answer, taken together; one more fails at once with
     * {@link io.github.qmpreactive.error.CommandQueueFullError}, and so does any command that has more bytes alone. Those of
     * a command that is cancelled while it waits are free again, those of one that was written when its answer has come.
     * Default: 64 MiB (67,108,864 bytes), as much as the agent reads of one command.
     *
     * @param bytes 1 KiB (1,024) at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public QgaClient maxQueuedBytes(long bytes) {
        ClientConfig.requireQueuedBytes(bytes);
        return with(c -> c.maxQueuedBytes = bytes);
    }

    /**
     * TCP keep-alive; as {@link QmpClient#keepAlive}. Default: off.
     *
     * @param idle from 1 second to 9 hours; parts of a second are left out
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public QgaClient keepAlive(Duration idle) {
        KeepAlive keepAlive = ClientConfig.keepAlive(idle);
        return with(c -> c.keepAlive = keepAlive);
    }

    /**
     * Speaks TLS, over TCP, with QEMU, which passes on what is said; as {@link QmpClient#secure}. Default: no TLS.
     *
     * @param context a client's context to connect, a server's to accept; anything else fails with {@link
     *     IllegalStateException} then, as a UNIX socket does
     * @return a new client
     */
    public QgaClient secure(SslContext context) {
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
    public QgaClient jsonMapper(JsonMapper mapper) {
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
    public QgaClient runOn(LoopResources loops) {
        Objects.requireNonNull(loops, "loops");
        return with(c -> c.loops = loops);
    }

    /**
     * Opens a session: connects, has the agent forget what others left behind with the byte 0xFF, and skips what they
     * did not read, with {@code guest-sync-delimited}. Each subscription opens a session of its own, which then belongs
     * to the subscriber: it lasts until someone disconnects it. The agent serves one client at a time.
     *
     * @return emits the session on its event loop, then completes. Fails with {@link
     *     io.github.qmpreactive.error.ConnectError} if nothing listens, or the connection is closed meanwhile, or no agent
     *     answers within {@code handshakeTimeout} ({@link
     *     io.github.qmpreactive.error.ConnectError.Reason#NO_SYNC_REPLY}), or it refuses the command that it
     *     is to answer ({@link io.github.qmpreactive.error.ConnectError.Reason#SYNC_REFUSED}); {@link IllegalStateException} if there is no
     *     address. Whenever it fails or is cancelled the connection is closed. Nothing is retried: {@code
     *     connect().retryWhen(...)} does, and {@link io.github.qmpreactive.error.ConnectError.Reason#isTemporary()} tells
     *     when that may help
     */
    public Mono<QgaSession> connect() {
        return new Openings(config).connectToAgent();
    }

    /**
     * Opens a session on a connection that is open already, such as one to a tunnel's end or to a vsock. It is not to be
     * read from by anybody else, neither before nor after. Address, {@code connectTimeout} and {@code runOn} play no part;
     * the session is called after the other side of the connection, unless {@link #name} names it.
     *
     * @param existing a connection as Reactor Netty's {@code TcpClient} or {@code TcpServer} hands it out; one on a channel
     *     of your own, or on a descriptor, needs {@link reactor.netty.channel.ChannelOperations#addReactiveBridge}
     * @return emits the session on the connection's event loop, then completes. Fails as {@link #connect()}, with {@link
     *     io.github.qmpreactive.error.ConnectError} also if the connection is not open; and with {@link
     *     IllegalStateException}, which leaves the connection alone, if there was a session on it before. Whenever it
     *     fails otherwise or is cancelled the connection is closed
     */
    public Mono<QgaSession> connect(Connection existing) {
        Objects.requireNonNull(existing, "existing");
        return new Openings(config).adoptAgent(existing);
    }

    /**
     * Listens at the address, takes the first QEMU that dials in ({@code -chardev
     * socket,id=qga0,path=/run/vm-agent.sock,server=off} for the virtserialport), and stops listening. Others that dial in meanwhile are hung up on, with a line in the log. It waits
     * for as long as it takes.
     *
     * @return emits the session on its event loop, then completes. Fails with {@link
     *     io.github.qmpreactive.error.ConnectError} if it cannot listen there, and with what {@link #connect()} fails with
     *     if the first to dial in leads to no agent. When it fails or is cancelled all that it has opened is closed
     */
    public Mono<QgaSession> accept() {
        return new Openings(config).acceptAgent();
    }

    /**
     * Opens a session, works with it, and disconnects it, whether the work completes, fails or is cancelled.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, and ends as it ends, after the session was disconnected; fails as {@link
     *     #connect()} if there is no session
     */
    public <T> Flux<T> withSession(Function<QgaSession, ? extends Publisher<T>> work) {
        return Flux.usingWhen(connect(), work, QgaSession::disconnect);
    }

    /**
     * Opens a session, works with it, and disconnects it, whether the work completes, fails or is cancelled; as {@link
     * #withSession} for work that emits one value at most.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, or completes empty as it does, after the session was disconnected; fails as the
     *     work does, and as {@link #connect()} if there is no session. Cancelling cancels the work and disconnects
     */
    public <T> Mono<T> use(Function<? super QgaSession, ? extends Mono<T>> work) {
        return Mono.usingWhen(connect(), work, QgaSession::disconnect);
    }

    /** Its name, if it has one, and its address. */
    @Override
    public String toString() {
        return "QgaClient[" + config + "]";
    }

    private QgaClient with(Consumer<ClientConfig> change) {
        return new QgaClient(config.with(change));
    }
}
