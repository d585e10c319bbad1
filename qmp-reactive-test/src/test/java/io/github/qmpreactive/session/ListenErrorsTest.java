package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.test.junit.QmpGuards;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;

@QmpGuards
@DisplayName("Listening where that cannot be done")
class ListenErrorsTest {

    @TempDir
    Path folder;

    /** Native, and NIO. */
    static Stream<QmpClient> clients() {
        QmpClient client = QmpClient.create().name("vm");
        return Stream.of(client, client.runOn(NioLoops.INSTANCE));
    }

    private static ConnectError refused(QmpClient client) {
        return assertThrows(ConnectError.class, () -> await(client.listen()));
    }

    private static void assertSays(ConnectError error, Reason reason, String what) {
        assertEquals(reason, error.reason(), error::getMessage);
        String message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("[vm] Cannot listen on ") && message.contains(what), message);
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A socket that was left behind is replaced")
    void stale(QmpClient client) throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));
        QmpListener listener = await(client.unixSocket(path).listen());
        Dialer.to(listener.address()).close();
        finish(listener.close());
        assertTrue(Files.notExists(path));
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A socket on which a program listens is in use, and stays")
    void alive(QmpClient client) throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path));
            ConnectError error = refused(client.unixSocket(path));
            assertSays(error, Reason.ADDRESS_IN_USE, "another program listens there already");
            assertTrue(error.reason().isTemporary());
            Dialer.to("unix:" + path).close();
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A file that is no socket is left alone, whatever it is")
    void noSocket(QmpClient client) throws IOException {
        Path file = Files.writeString(folder.resolve("precious"), "data");
        assertSays(refused(client.unixSocket(file)), Reason.ADDRESS_IN_USE, "no socket, which is left alone");
        assertEquals("data", Files.readString(file));
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        assertSays(refused(client.unixSocket(link)), Reason.ADDRESS_IN_USE, "no socket, which is left alone");
        assertTrue(Files.isSymbolicLink(link));
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A folder that is not there is NOT_FOUND")
    void noFolder(QmpClient client) {
        assertSays(
                refused(client.unixSocket(folder.resolve("no").resolve("s"))), Reason.NOT_FOUND, "there is no folder");
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A folder that the user may not write to is NOT_PERMITTED")
    void notPermitted(QmpClient client) throws IOException {
        // To root all is permitted, but in a file system of the kernel's.
        Path closed = Path.of("/proc/self");
        Assumptions.assumeTrue(Files.isDirectory(closed));
        assertSays(refused(client.unixSocket(closed.resolve("s"))), Reason.NOT_PERMITTED, "not permitted");
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("P26 a path over the limit of a socket's is refused before anything is done")
    void tooLong(QmpClient client) {
        Path path = folder.resolve("x".repeat(120));
        assertSays(refused(client.unixSocket(path)), Reason.PATH_TOO_LONG, "bytes, but a UNIX socket's has");
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A port in use says so")
    void portInUse(QmpClient client) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertSays(
                    refused(client.tcp("127.0.0.1", other.getLocalPort())),
                    Reason.ADDRESS_IN_USE,
                    "the port is in use");
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    @DisplayName("A host that is not known, or another one's address")
    void hosts(QmpClient client) {
        assertSays(refused(client.tcp("no-such-host.invalid", 0)), Reason.UNKNOWN_HOST, "the host is not known");
        assertSays(refused(client.tcp("192.0.2.1", 0)), Reason.OTHER, "this computer has no such address");
    }

    @Test
    @DisplayName("A client without an address says so")
    void noAddress() {
        String message = "The client has no address: call address, unixSocket or tcp first";
        StepVerifier.create(QmpClient.create().listen()).verifyErrorMessage(message);
        StepVerifier.create(QmpClient.create().accept()).verifyErrorMessage(message);
        assertInstanceOf(
                IllegalStateException.class,
                assertThrows(
                        RuntimeException.class, () -> await(QmpClient.create().listen())));
    }
}
