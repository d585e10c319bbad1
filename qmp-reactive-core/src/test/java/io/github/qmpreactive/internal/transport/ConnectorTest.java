package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

@ParameterizedClass(name = "{0}")
@EnumSource(Loops.class)
class ConnectorTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private final boolean epoll;
    private final LoopResources loops;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Connection> seen = new CopyOnWriteArrayList<>();

    ConnectorTest(Loops transport) {
        this.epoll = transport == Loops.NATIVE && Epoll.isAvailable();
        this.loops = transport.create();
    }

    @AfterEach
    void close() throws Exception {
        seen.forEach(Disposable::dispose);
        for (AutoCloseable open : opened) {
            open.close();
        }
        Loops.dispose(loops);
    }

    private Path path(String name) {
        return dir.resolve(name);
    }

    private ServerSocketChannel listen(Path path, int backlog) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        opened.add(server);
        return server.bind(UnixDomainSocketAddress.of(path), backlog);
    }

    private ServerSocketChannel listenTcp() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        opened.add(server);
        return server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private SocketChannel accept(ServerSocketChannel server) throws IOException {
        SocketChannel accepted = server.accept();
        opened.add(accepted);
        return accepted;
    }

    private Mono<Connection> connect(Endpoint endpoint) {
        return new Connector("vm", endpoint, TIMEOUT, loops).connect(seen::add);
    }

    private Mono<Connection> connect(Path path) {
        return connect(new Endpoint.Unix(path));
    }

    /** Connects; the callback runs in the same turn of the event loop as the emission. */
    private Connection open(Mono<Connection> connect) throws Exception {
        int before = seen.size();
        Connection connection = connect.block();
        connection.channel().eventLoop().submit(() -> {}).get();
        assertEquals(before + 1, seen.size());
        assertSame(connection, seen.get(before));
        return connection;
    }

    private ConnectError refused(Endpoint endpoint) {
        ConnectError error =
                assertThrows(ConnectError.class, () -> connect(endpoint).block());
        assertTrue(error.getMessage().startsWith("[vm] Cannot connect to " + endpoint + ": "), error::getMessage);
        assertEquals(List.of(), seen);
        return error;
    }

    private ConnectError refused(Path path) {
        return refused(new Endpoint.Unix(path));
    }

    private static void assertTalks(Connection connection, SocketChannel accepted) throws IOException {
        accepted.write(StandardCharsets.US_ASCII.encode("greeting"));
        assertEquals("greeting", connection.inbound().receive().asString().blockFirst());
        connection.channel().writeAndFlush(Unpooled.copiedBuffer("command", StandardCharsets.US_ASCII));
        ByteBuffer received = ByteBuffer.allocate(7);
        while (received.hasRemaining()) {
            assertNotEnd(accepted.read(received));
        }
        assertEquals(
                "command", StandardCharsets.US_ASCII.decode(received.flip()).toString());
        connection.disposeNow();
        assertEquals(-1, accepted.read(ByteBuffer.allocate(1)));
    }

    private static void assertNotEnd(int read) {
        assertTrue(read >= 0, "the connection ended");
    }

    @Test
    @DisplayName("P26 a UNIX socket is opened over the transport of the event loop, with its class of address")
    void unixSocket() throws Exception {
        ServerSocketChannel server = listen(path("vm.sock"), 1);
        Connection connection = open(connect(path("vm.sock")));
        assertSame(
                epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class,
                connection.channel().getClass());
        assertTalks(connection, accept(server));
    }

    @Test
    @DisplayName("A TCP port is opened without Nagle's delay and without a timeout beside ours")
    void tcp() throws Exception {
        ServerSocketChannel server = listenTcp();
        Connection connection =
                open(connect(new Endpoint.Tcp("127.0.0.1", server.socket().getLocalPort())));
        assertEquals(true, connection.channel().config().getOption(ChannelOption.TCP_NODELAY));
        assertEquals(0, connection.channel().config().getOption(ChannelOption.CONNECT_TIMEOUT_MILLIS));
        assertTalks(connection, accept(server));
    }

    @Test
    @DisplayName("Keep-alive asks after the time given, and then three times in about as long again")
    void keepAlive() throws Exception {
        ServerSocketChannel server = listenTcp();
        Endpoint endpoint = new Endpoint.Tcp("127.0.0.1", server.socket().getLocalPort());
        KeepAlive keepAlive = new KeepAlive(Duration.ofMillis(60_900));
        Connection connection = open(new Connector("vm", endpoint, TIMEOUT, loops, null, keepAlive).connect(seen::add));
        var config = connection.channel().config();
        assertEquals(true, config.getOption(ChannelOption.SO_KEEPALIVE));
        boolean epoll = connection.channel() instanceof EpollSocketChannel;
        assertEquals(
                60,
                config.getOption(
                        epoll
                                ? EpollChannelOption.TCP_KEEPIDLE
                                : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)));
        assertEquals(
                20,
                config.getOption(
                        epoll
                                ? EpollChannelOption.TCP_KEEPINTVL
                                : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL)));
        assertEquals(
                3,
                config.getOption(
                        epoll
                                ? EpollChannelOption.TCP_KEEPCNT
                                : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)));
    }

    @Test
    @DisplayName(
            "Nothing happens before the subscription; each opens a connection of its own, emitted on its event loop")
    void cold() throws Exception {
        ServerSocketChannel server = listen(path("vm.sock"), 4);
        Mono<Connection> connect = connect(path("vm.sock"))
                .doOnNext(connection ->
                        assertTrue(connection.channel().eventLoop().inEventLoop()));
        server.configureBlocking(false);
        assertNull(server.accept());
        Connection first = open(connect);
        Connection second = open(connect);
        assertNotSame(first, second);
    }

    @Test
    @DisplayName("Without event loops of its own a connector uses Reactor Netty's for TCP")
    void sharedLoops() throws IOException {
        listen(path("vm.sock"), 1);
        String thread = new Connector("vm", new Endpoint.Unix(path("vm.sock")), TIMEOUT, null)
                .connect(seen::add)
                .map(connection -> Thread.currentThread().getName())
                .block();
        assertTrue(thread.startsWith("reactor-tcp"), thread);
    }

    @Test
    @DisplayName("A path where nothing is: NOT_FOUND")
    void missing() {
        ConnectError error = refused(path("vm.sock"));
        assertSame(Reason.NOT_FOUND, error.reason());
        assertInstanceOf(IOException.class, error.getCause());
        assertSame(Reason.NOT_FOUND, refused(path("no/such/dir/vm.sock")).reason());
    }

    @Test
    @DisplayName("A socket that a server left behind: REFUSED")
    void stale() throws IOException {
        listen(path("vm.sock"), 1).close();
        ConnectError error = refused(path("vm.sock"));
        assertSame(Reason.REFUSED, error.reason());
        assertInstanceOf(IOException.class, error.getCause());
    }

    @Test
    @DisplayName("A file or directory that is no socket: REFUSED")
    void noSocket() throws IOException {
        assertSame(Reason.REFUSED, refused(Files.createFile(path("file"))).reason());
        assertSame(Reason.REFUSED, refused(dir).reason());
    }

    @Test
    @DisplayName("A server whose queue is full: REFUSED, and the error asks for other clients")
    void busy() throws Exception {
        listen(path("vm.sock"), 1);
        open(connect(path("vm.sock")));
        open(connect(path("vm.sock")));
        seen.clear();
        ConnectError error = refused(path("vm.sock"));
        assertSame(Reason.REFUSED, error.reason());
        assertTrue(error.getMessage().endsWith("is another client already connected?"), error::getMessage);
    }

    @Test
    @DisplayName("A port on which no program listens: REFUSED")
    void closedPort() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertSame(Reason.REFUSED, refused(new Endpoint.Tcp("127.0.0.1", port)).reason());
    }

    @Test
    @DisplayName("A host that does not exist: UNKNOWN_HOST")
    void unknownHost() {
        ConnectError error = refused(new Endpoint.Tcp("host.invalid", 4444));
        assertSame(Reason.UNKNOWN_HOST, error.reason());
        assertInstanceOf(UnknownHostException.class, error.getCause());
    }

    /** A path of so many bytes that leads to the same socket. */
    private Path linkOf(int bytes, Path socket, String name) throws IOException {
        int missing = bytes - dir.toString().length() - 1 - name.getBytes(StandardCharsets.UTF_8).length;
        return Files.createSymbolicLink(path(name + "x".repeat(missing)), socket);
    }

    @Test
    @DisplayName("A path of the most bytes that the transport takes connects, a longer one is PATH_TOO_LONG")
    void pathLength() throws Exception {
        int limit = epoll ? 107 : 106;
        Path socket = path("s");
        ServerSocketChannel server = listen(socket, 1);
        assertTalks(open(connect(linkOf(limit, socket, "l"))), accept(server));
        seen.clear();

        ConnectError error = refused(linkOf(limit + 1, socket, "l"));
        assertSame(Reason.PATH_TOO_LONG, error.reason());
        assertTrue(
                error.getMessage()
                        .endsWith("the path has " + (limit + 1) + " bytes, but a UNIX socket's has " + limit
                                + " at most"),
                error::getMessage);
        assertNull(error.getCause());
    }

    @Test
    @DisplayName("The length of a path is counted in bytes, not in characters")
    void pathLengthInBytes() throws IOException {
        int limit = epoll ? 107 : 106;
        // Two bytes for one character; linked or not, the length is looked at first.
        ConnectError error = refused(linkOf(limit + 1, path("s"), "\u00fc\u00fc\u00fc"));
        assertSame(Reason.PATH_TOO_LONG, error.reason());
        assertTrue(error.getMessage().contains("the path has " + (limit + 1) + " bytes"), error::getMessage);
    }

    /** Keeps the event loop busy until the latch is released: nothing connects meanwhile. */
    private CountDownLatch blockLoop() {
        CountDownLatch release = new CountDownLatch(1);
        loops.onClient(LoopResources.DEFAULT_NATIVE).next().execute(() -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        opened.add(release::countDown);
        return release;
    }

    @Test
    @DisplayName("No connection within the connect timeout: CONNECT_TIMEOUT, not earlier and not later")
    void timeout() throws Exception {
        ServerSocketChannel server = listen(path("vm.sock"), 1);
        CountDownLatch release = blockLoop();
        StepVerifier.withVirtualTime(() -> connect(path("vm.sock")))
                .expectSubscription()
                .expectNoEvent(TIMEOUT.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(e -> {
                    ConnectError error = assertInstanceOf(ConnectError.class, e);
                    assertSame(Reason.CONNECT_TIMEOUT, error.reason());
                    assertEquals(
                            "[vm] Cannot connect to unix:" + path("vm.sock")
                                    + ": no connection within 30000 ms (connectTimeout)",
                            error.getMessage());
                })
                .verify();
        release.countDown();
        assertGivenUp(server);
    }

    @Test
    @DisplayName("P16 cancelling while it connects gives the connection up")
    void cancel() throws Exception {
        ServerSocketChannel server = listen(path("vm.sock"), 1);
        CountDownLatch release = blockLoop();
        connect(path("vm.sock")).subscribe().dispose();
        release.countDown();
        assertGivenUp(server);
    }

    /** What was begun earlier on the one event loop is over when another connection has come about. */
    private void assertGivenUp(ServerSocketChannel server) throws Exception {
        ServerSocketChannel other = listen(path("other.sock"), 1);
        Connection connection = open(connect(path("other.sock")));
        assertEquals(List.of(connection), seen);
        assertTalks(connection, accept(other));
        server.configureBlocking(false);
        assertNull(server.accept());
    }
}
