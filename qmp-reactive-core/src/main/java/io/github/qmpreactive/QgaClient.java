package io.github.qmpreactive;

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
 * virtserialport,chardev=qga0,name=org.qemu.guest_agent.0}. QEMU takes the connection whether or not an agent runs in the
 * guest, and does not tell when it stops; so a missing agent is detected only by timeout, and every command has one.
 *
 * <p>Agents of QEMU 3.0 (2018) and later are served; older ones refuse commands with an id.
 */
public final class QgaClient extends ClientSettings<QgaClient> {

    private static final QgaClient DEFAULTS = new QgaClient(new ClientConfig().with(c -> {
        c.commandTimeout = Duration.ofMinutes(1);
        c.maxInFlight = 1;
        c.maxMessageSize = 64 * 1024 * 1024;
        c.oob = OobMode.OFF;
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
     * Opens a session: connects, has the agent forget what others left behind with the byte 0xFF, and skips what they
     * did not read, with {@code guest-sync-delimited}. Each subscription opens a session of its own, which then belongs
     * to the subscriber: it lasts until it is disconnected. The agent serves one client at a time.
     *
     * @return emits the session on its event loop, then completes. Fails with {@link
     *     io.github.qmpreactive.error.ConnectError} if nothing listens, or the connection is closed meanwhile, or no agent
     *     answers within {@code handshakeTimeout} ({@link
     *     io.github.qmpreactive.error.ConnectError.Reason#NO_SYNC_REPLY}), or it refuses the command that it
     *     is to answer ({@link io.github.qmpreactive.error.ConnectError.Reason#SYNC_REFUSED}); {@link IllegalStateException} if there is no
     *     address. Whenever it fails or is cancelled the connection is closed. A subscriber that cancels at the moment of
     *     the emission may drop the session without a trace: it is closed when the garbage collector finds that it was
     *     never used, and {@link #withSession} leaves nothing to chance. An error behind a cancel is logged at DEBUG.
     *     Nothing is retried: {@code connect().retryWhen(...)} does, and {@link
     *     io.github.qmpreactive.error.QmpError#isTemporary()} tells when that may help
     */
    public Mono<QgaSession> connect() {
        return new SessionOpener(config).connectToAgent();
    }

    /**
     * Opens a session on a connection that is open already, such as one to a tunnel's end or to a vsock. No other code
     * may read from it, neither before nor after. Address, {@code connectTimeout} and {@code runOn} play no part;
     * the session is called after the other side of the connection, unless {@link #name} names it.
     *
     * @param existing a connection as Reactor Netty's {@code TcpClient} or {@code TcpServer} hands it out; one on a channel
     *     of your own, or on a descriptor, needs {@link reactor.netty.channel.ChannelOperations#addReactiveBridge}
     * @return emits the session on the connection's event loop, then completes. Fails as {@link #connect()}, with {@link
     *     io.github.qmpreactive.error.ConnectError} also if the connection is not open; and with {@link
     *     IllegalStateException}, which leaves the connection alone, if there was a session on it before. Whenever it
     *     fails otherwise or is cancelled the connection is closed; at the moment of the emission as with {@link #connect()}
     */
    public Mono<QgaSession> connect(Connection existing) {
        Objects.requireNonNull(existing, "existing");
        return new SessionOpener(config).adoptAgent(existing);
    }

    /**
     * Listens at the address, takes the first QEMU that dials in ({@code -chardev
     * socket,id=qga0,path=/run/vm-agent.sock,server=off} for the virtserialport), and stops listening. Closes other connections that are
     * accepted meanwhile, with a line in the log. There is no time limit.
     *
     * @return emits the session on its event loop, then completes. Fails with {@link
     *     io.github.qmpreactive.error.ConnectError} if it cannot listen there, and with what {@link #connect()} fails with
     *     if the first to dial in leads to no agent. When it fails or is cancelled all that it has opened is closed; at the
     *     moment of the emission as with {@link #connect()}
     */
    public Mono<QgaSession> accept() {
        return new SessionOpener(config).acceptAgent();
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

    @Override
    QgaClient with(Consumer<ClientConfig> change) {
        return new QgaClient(config.with(change));
    }
}
