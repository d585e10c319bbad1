package io.github.qmpreactive;

import io.github.qmpreactive.observe.Peer;
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
 * virtserialport,chardev=qga0,name=org.qemu.guest_agent.0}. QEMU accepts the connection whether or not an agent runs in
 * the guest, and does not report that an agent has stopped; so a missing agent is detected only by timeout, and every
 * command has one.
 *
 * <p>Agents of QEMU 3.0 (2018) and later are served; older ones refuse commands with an id.
 */
public final class QgaClient extends ClientSettings<QgaClient> {

    private static final QgaClient DEFAULTS = new QgaClient(new ClientConfig().with(c -> {
        c.commandTimeout = Duration.ofMinutes(1);
        c.maxInFlight = 1;
        c.maxMessageSize = 64 * 1024 * 1024;
        c.oob = OobMode.OFF;
        c.peer = Peer.AGENT;
    }));

    private QgaClient(ClientConfig config) {
        super(config);
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
     * Opens a session: connects, makes the agent discard incomplete input of other clients (the byte 0xFF), and skips
     * replies that they did not read ({@code guest-sync-delimited}). Each subscription opens a session of its own,
     * which then belongs to the subscriber: it lasts until it is disconnected. The agent serves one client at a time.
     *
     * @return emits the session on its event loop, then completes. Fails with
     *     {@link io.github.qmpreactive.error.ConnectError} if no program listens, or the connection is closed
     *     meanwhile, or no agent answers within {@code handshakeTimeout} ({@link
     *     io.github.qmpreactive.error.ConnectError.Reason#NO_SYNC_REPLY}), or the agent refuses that command ({@link
     *     io.github.qmpreactive.error.ConnectError.Reason#SYNC_REFUSED}); {@link IllegalStateException} if there is no
     *     address. Whenever it fails or is cancelled the connection is closed. If the subscriber cancels at the moment
     *     of the emission, the session may be lost; it is then closed when the garbage collector finds that it was
     *     never used. {@link #withSession} and {@link #use} avoid that. An error after a cancel is logged at DEBUG. The client never
     *     retries: use {@code connect().retryWhen(...)}; {@link io.github.qmpreactive.error.QmpError#isTemporary()}
     *     says whether a retry may help
     */
    public Mono<QgaSession> connect() {
        return new SessionOpener(config).connectToAgent();
    }

    /**
     * Opens a session on a connection that is open already, such as one to a tunnel's end or to a vsock. No other code
     * may read from it, neither before nor after. Address, {@code connectTimeout} and {@code runOn} are ignored; the
     * session is named after the peer of the connection, unless {@link #name} is set.
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
    public Mono<QgaSession> connect(Connection existing) {
        Objects.requireNonNull(existing, "existing");
        return new SessionOpener(config).adoptAgent(existing);
    }

    /**
     * Listens at the address, accepts the first QEMU that connects ({@code -chardev
     * socket,id=qga0,path=/run/vm-agent.sock,server=off} for the virtserialport), and stops listening. Closes other
     * connections accepted meanwhile, with a line in the log. There is no time limit.
     *
     * @return emits the session on its event loop, then completes. Fails with
     *     {@link io.github.qmpreactive.error.ConnectError} if it cannot listen there, and with what {@link #connect()}
     *     fails with if no agent answers on the first connection. When it fails or is cancelled, it closes everything
     *     that it has opened. A cancel at the moment of the emission has the effect described at {@link #connect()}
     */
    public Mono<QgaSession> accept() {
        return new SessionOpener(config).acceptAgent();
    }

    /**
     * Opens a session, works with it, and disconnects it, whether the work completes, fails or is cancelled.
     *
     * @param work what to do with the session
     * @param <T> what the work emits
     * @return emits what the work emits, and ends as it ends, after the session was disconnected; fails as
     *     {@link #connect()} if no session can be opened
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
     * @return emits what the work emits, or completes empty if the work does, after the session was disconnected; fails
     *     as the work does, and as {@link #connect()} if no session can be opened. Cancelling cancels the work and
     *     disconnects
     */
    public <T> Mono<T> use(Function<? super QgaSession, ? extends Mono<T>> work) {
        return Mono.usingWhen(connect(), work, QgaSession::disconnect);
    }

    @Override
    QgaClient with(Consumer<ClientConfig> change) {
        return new QgaClient(config.with(change));
    }
}
