package io.github.qmpreactive;

import io.github.qmpreactive.internal.observation.ObserverCalls;
import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.internal.transport.KeepAlive;
import io.github.qmpreactive.observe.QmpObserver;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings that {@link QmpClient} and {@link QgaClient} share. Immutable: every setter returns a new client.
 *
 * @param <C> the client
 */
public abstract sealed class ClientSettings<C extends ClientSettings<C>> permits QmpClient, QgaClient {

    final ClientConfig config;

    ClientSettings(ClientConfig config) {
        this.config = config;
    }

    abstract C with(Consumer<ClientConfig> change);

    /**
     * Sets the address of the monitor, or of the socket that leads to the agent: {@code unix:/run/vm.sock}, {@code
     * /run/vm.sock}, {@code tcp:127.0.0.1:4444}, {@code localhost:4444} or {@code [::1]:4444}. Without a colon it is a
     * path; without a host it is localhost. What follows a comma, as in {@code ,server=on,wait=off} on QEMU's command
     * line, is ignored. Options that change what the address means are refused by name ({@code abstract},
     * {@code tls-creds}, {@code websocket}, {@code fd}), and so are addresses of other kinds ({@code fd:},
     * {@code vsock:}, {@code http://}).
     *
     * @param address the address
     * @return a new client
     * @throws IllegalArgumentException if it is not an address, or of a kind that is not supported; the message says
     *     what is wrong with it, and what to do instead
     */
    public C address(String address) {
        Endpoint endpoint = AddressParser.parse(address);
        return with(c -> c.endpoint = endpoint);
    }

    /**
     * Sets the address to a UNIX socket.
     *
     * @param path its path, of 107 bytes at most with a native transport, 106 without one; on macOS 103 and 102
     * @return a new client
     */
    public C unixSocket(Path path) {
        Objects.requireNonNull(path, "path");
        return with(c -> c.endpoint = new Endpoint.Unix(path));
    }

    /**
     * Sets the address to a TCP port.
     *
     * @param host a name or an address; an IPv6 address without brackets
     * @param port from 1 to 65535; 0 to listen on one that is free
     * @return a new client
     * @throws IllegalArgumentException if the host is blank or the port is out of range
     */
    public C tcp(String host, int port) {
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
    public C name(String name) {
        Objects.requireNonNull(name, "name");
        return with(c -> c.name = name);
    }

    /**
     * What sessions are named.
     *
     * @return what {@link #name(String)} was given, else the address
     * @throws IllegalStateException if there is neither
     */
    public String name() {
        return config.name != null ? config.name : address();
    }

    /**
     * Sets how long connecting may take, including the resolution of the host's name. Default: 10 seconds.
     *
     * @param timeout more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public C connectTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("connectTimeout", timeout);
        return with(c -> c.connectTimeout = limit);
    }

    /**
     * Sets how long greeting and negotiation may take together. With an agent: how long it may take to answer {@code
     * guest-sync-delimited}, when a session is opened and when a command was given up. Default: 10 seconds.
     *
     * @param timeout more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public C handshakeTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("handshakeTimeout", timeout);
        return with(c -> c.handshakeTimeout = limit);
    }

    /**
     * Sets how long each command may take, from subscribing to its reply, including the wait for its turn; a command's own
     * limit ({@link io.github.qmpreactive.message.QmpCommand#timeout(Duration)}) takes precedence. Default with a
     * monitor: no limit, since {@code dump-guest-memory} and others take as long as their work. Default with an agent:
     * 1 minute; slower commands, such as {@code guest-fstrim}, need more.
     *
     * @param timeout more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is no limit
     * @return a new client
     * @throws IllegalArgumentException if it is not more than zero
     */
    public C commandTimeout(Duration timeout) {
        Duration limit = ClientConfig.limit("commandTimeout", timeout);
        return with(c -> c.commandTimeout = limit);
    }

    /**
     * Sets how large one message of the server may be. A larger reply, or one whose tree would take more than eight times as
     * much memory, fails its command with {@link io.github.qmpreactive.error.MessageTooLargeError}; a larger event is
     * dropped and logged. The session ends if the message has neither an id nor the name of an event, or is over 64
     * times as large. Default with a monitor: 10 MiB (10,485,760 bytes). Default with an agent: 64 MiB (67,108,864
     * bytes), since the result of a {@code guest-exec} is up to 16 MiB of each stream, in base64, and a
     * {@code guest-file-read} up to 48 MB.
     *
     * @param bytes from 64 to 1 GiB (1,073,741,824)
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public C maxMessageSize(int bytes) {
        ClientConfig.requireMessageSize(bytes);
        return with(c -> c.maxMessageSize = bytes);
    }

    /**
     * Sets how many commands in band may wait for their turn, beyond those in flight; one more fails at once with
     * {@link io.github.qmpreactive.error.CommandQueueFullError}. Of those out of band, which do not wait for a turn, as
     * many may be unanswered as of those in band together: {@code maxInFlight} (1 with an agent) and {@code maxQueued}.
     * Default: 10,000.
     *
     * @param commands 0 at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public C maxQueued(int commands) {
        ClientConfig.requireAtLeast("maxQueued", 0, commands);
        return with(c -> c.maxQueued = commands);
    }

    /**
     * Sets how many bytes all commands may have together that wait for their turn or for their reply, in band or out of band;
     * one more fails at once with {@link io.github.qmpreactive.error.CommandQueueFullError}. The bytes of a command are free
     * again when it is cancelled before it was written, or answered. Default: 64 MiB (67,108,864 bytes), as much as QEMU and
     * its agent read of one command.
     *
     * @param bytes 1 KiB (1,024) at least
     * @return a new client
     * @throws IllegalArgumentException if it is less
     */
    public C maxQueuedBytes(long bytes) {
        ClientConfig.requireQueuedBytes(bytes);
        return with(c -> c.maxQueuedBytes = bytes);
    }

    /**
     * Enables TCP keep-alive for connections that the client opens or accepts: a peer that is silent for this long is probed,
     * and after three probes without an answer, in about the same time, the session ends with
     * {@link io.github.qmpreactive.error.ConnectionLostError}. It detects a lost host, and keeps an idle connection
     * known to firewalls. Where the transport cannot set the times, the system's settings apply. No effect on UNIX
     * sockets. Default: off.
     *
     * @param idle from 1 second to 9 hours; parts of a second are left out
     * @return a new client
     * @throws IllegalArgumentException if it is less or more
     */
    public C keepAlive(Duration idle) {
        KeepAlive keepAlive = ClientConfig.keepAlive(idle);
        return with(c -> c.keepAlive = keepAlive);
    }

    /**
     * Speaks TLS, over TCP. The certificate of the server is checked, its host's name included, as the context says:
     * Netty's {@code SslContextBuilder.forClient()} checks both unless it is configured otherwise. Default: no TLS.
     *
     * @param context a client's context to connect, a server's to listen; anything else fails with {@link
     *     IllegalStateException} then, as a UNIX socket does
     * @return a new client
     */
    public C secure(SslContext context) {
        Objects.requireNonNull(context, "context");
        return with(c -> c.tls = context);
    }

    /**
     * Sets the mapper that converts between JSON and the classes of the application. The client does not read or write
     * protocol messages with it. Default: Jackson's defaults, with three differences: null members of a record or bean
     * are not sent; primitive members that are null or missing in a reply become 0; members that the class does not
     * have are ignored.
     *
     * @param mapper the mapper
     * @return a new client
     */
    public C jsonMapper(JsonMapper mapper) {
        Objects.requireNonNull(mapper, "mapper");
        return with(c -> c.jsonMapper = mapper);
    }

    /**
     * Sets the event loops to run connections on; the caller disposes of them. Those of {@code LoopResources.create} refuse
     * {@code block()}; on others, code that blocks where events and replies are emitted hangs. Default: those that
     * Reactor Netty shares among its TCP clients.
     *
     * @param loops the event loops
     * @return a new client
     */
    public C runOn(LoopResources loops) {
        Objects.requireNonNull(loops, "loops");
        return with(c -> c.loops = loops);
    }

    /**
     * Observes the sessions that this client opens, and their commands, in place of an observer that was set before;
     * {@link QmpObserver#and} combines two. For Micrometer: {@link io.github.qmpreactive.observe.MicrometerObserver} and
     * {@link io.github.qmpreactive.observe.MicrometerMeters}. Default: none, at no cost.
     *
     * @param observer the observer
     * @return a new client
     */
    public C observer(QmpObserver observer) {
        ObserverCalls calls = new ObserverCalls(Objects.requireNonNull(observer, "observer"));
        return with(c -> c.observer = calls);
    }

    /** Its name, if it has one, and its address. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + config + "]";
    }
}
