package io.github.qmpreactive.descriptors;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.session.Certificates;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Connections that carry no descriptors")
class NoWayTest {

    @TempDir
    private Path folder;

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    private static FakeQmpServer machine() {
        return FakeQmpServer.create().when("query-status").reply("{}");
    }

    @Test
    @DisplayName("TCP: a clear error, nothing was sent, and the session goes on")
    void tcp() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            refuses(server, client(server), Reason.NOT_A_UNIX_SOCKET, "descriptors go over UNIX sockets alone");
        }
    }

    @Test
    @DisplayName("TLS: a clear error, nothing was sent, and the session goes on")
    void tls() throws Exception {
        Certificates certificates = Certificates.of("authority");
        try (RunningFakeQmpServer server =
                machine().secure(certificates.serverContext("localhost")).startTcp()) {
            refuses(
                    server,
                    client(server).tcp("localhost", server.port()).secure(certificates.clientContext()),
                    Reason.TLS,
                    "encrypted");
        }
    }

    @Test
    @DisplayName(
            "A UNIX socket of NIO's: a clear error that names the remedy, nothing was sent, and the session goes on")
    void nio() {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        LoopResources loops = useNative -> group;
        try (RunningFakeQmpServer server = machine().startUnix()) {
            refuses(
                    server,
                    client(server).runOn(loops),
                    Reason.NO_NATIVE_TRANSPORT,
                    "io.netty:netty-transport-native-epoll");
        } finally {
            group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS)
                    .awaitUninterruptibly();
        }
    }

    private static QmpClient client(RunningFakeQmpServer server) {
        return QmpClient.create().address(server.address()).name("vm");
    }

    /** Over TLS a newline follows in a record of its own, maybe after the answer to what was before it. */
    private static String received(FakeConnection connection) {
        return new String(connection.receivedBytes(), StandardCharsets.UTF_8).strip();
    }

    private void refuses(RunningFakeQmpServer server, QmpClient client, Reason reason, String hint) {
        Path file = OpenFiles.create(folder, "image", 512);
        FdSource source = FdSource.of(file, FdAccess.READ_ONLY);
        QmpSession session = await(client.connect());
        FakeConnection connection = server.awaitConnection();
        String before = received(connection);
        refused(session.getFd("a", source), reason, hint);
        refused(session.addFd(source), reason, hint);
        refused(session.sendFd(source), reason, hint);
        assertEquals(before, received(connection));
        await(session.execute("query-status"));
        assertEquals(2, server.received().size());
        assertEquals(0, OpenFiles.countHere(file));
        session.disconnect().block(PATIENCE);
    }

    private static void refused(Publisher<?> call, Reason reason, String hint) {
        StepVerifier.create(call).verifyErrorSatisfies(e -> {
            assertEquals(
                    reason, assertInstanceOf(DescriptorPassingError.class, e).reason());
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith("[vm] ") && message.contains(hint), message);
        });
    }
}
