package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.QmpError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectErrorsTest {

    private static final Endpoint TCP = new Endpoint.Tcp("host", 4444);

    @TempDir
    Path dir;

    private Endpoint existing;
    private Endpoint missing;

    @BeforeEach
    void file() throws IOException {
        existing = new Endpoint.Unix(Files.createFile(dir.resolve("vm.sock")));
        missing = new Endpoint.Unix(dir.resolve("missing.sock"));
    }

    private static void assertError(Reason reason, String what, Endpoint endpoint, Throwable cause) {
        ConnectError error = assertInstanceOf(ConnectError.class, ConnectErrors.of("vm", endpoint, cause));
        assertEquals("[vm] Cannot connect to " + endpoint + ": " + what, error.getMessage());
        assertSame(reason, error.reason());
        assertSame(cause, error.getCause());
    }

    @Test
    @DisplayName("No file at the path is NOT_FOUND, by the exception or by a look at the path")
    void notFound() {
        String what = "there is no such socket; is QEMU running, with -qmp ";
        String rest = ",server=on,wait=off?";
        assertError(Reason.NOT_FOUND, what + existing + rest, existing, new FileNotFoundException());
        assertError(Reason.NOT_FOUND, what + missing + rest, missing, new SocketException("Datei nicht gefunden"));
        assertError(Reason.NOT_FOUND, what + missing + rest, missing, new SocketException());
    }

    @Test
    @DisplayName("A socket file on which no program listens is REFUSED")
    void refusedSocket() {
        String what = "no program listens; the file is no socket, or was left behind by a QEMU that has ended";
        assertError(Reason.REFUSED, what, existing, new ConnectException("Connection refused"));
        // The path is not looked at, which takes time: it may be gone by now.
        assertError(Reason.REFUSED, what, missing, new ConnectException("Connection refused"));
        assertError(Reason.REFUSED, what, existing, new ConnectException());
    }

    @Test
    @DisplayName("A cause on this side of the connection is OTHER, over a UNIX socket as well: no retry helps")
    void otherThanRefused() {
        Throwable cause = new IOException("Too many open files");
        assertError(Reason.OTHER, cause.toString(), existing, cause);
        assertFalse(Reason.OTHER.isTemporary());
    }

    @Test
    @DisplayName("A server whose queue is full is REFUSED, with a hint at other clients")
    void busySocket() {
        String what = "the server accepts no connection at the moment; is another client already connected?";
        assertError(Reason.REFUSED, what, existing, new SocketException("Resource temporarily unavailable: /x"));
    }

    @Test
    @DisplayName("Permission denied is NOT_PERMITTED")
    void notPermitted() {
        String what = "not permitted; the socket belongs to another user";
        assertError(Reason.NOT_PERMITTED, what, existing, new SocketException("Permission denied: /x"));
        assertError(Reason.NOT_PERMITTED, what, existing, new SocketException("permission denied"));
    }

    @Test
    @DisplayName("A socket that may not be written to is NOT_PERMITTED, in whatever language the system says so")
    void notWritable() {
        // A file that not even root may write to.
        Path readOnly = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base/module-info.class");
        assertError(
                Reason.NOT_PERMITTED,
                "not permitted; the socket belongs to another user",
                new Endpoint.Unix(readOnly),
                new SocketException("Keine Berechtigung"));
    }

    @Test
    @DisplayName("No listener on a port is REFUSED")
    void refusedPort() {
        assertError(Reason.REFUSED, "no program listens on that port", TCP, new ConnectException("Connection refused"));
    }

    @Test
    @DisplayName("A host that does not resolve is UNKNOWN_HOST")
    void unknownHost() {
        assertError(Reason.UNKNOWN_HOST, "the host is not known", TCP, new UnknownHostException("host"));
        assertError(
                Reason.UNKNOWN_HOST, "the host is not known", TCP, new UnknownHostException("Network is unreachable"));
    }

    @Test
    @DisplayName("A host that the network cannot reach is UNREACHABLE, whatever the language of the JVM")
    void unreachable() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            String what = "the host cannot be reached";
            assertError(Reason.UNREACHABLE, what, TCP, new NoRouteToHostException());
            assertError(Reason.UNREACHABLE, what, TCP, new ConnectException("Network is unreachable: host"));
            assertError(Reason.UNREACHABLE, what, TCP, new SocketException("NETWORK IS UNREACHABLE"));
            assertError(
                    Reason.NOT_PERMITTED,
                    "not permitted; the socket belongs to another user",
                    existing,
                    new SocketException("PERMISSION DENIED"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    @DisplayName("A connection that is closed while it is being made is CLOSED")
    void closed() {
        assertError(Reason.CLOSED, "it was closed again at once", TCP, new ClosedChannelException());
    }

    @Test
    @DisplayName("What TLS reports is TLS, however deep, in its words and those of the first cause")
    void tls() {
        SSLException unknown = new SSLException("unknown certificate", new IOException("no path"));
        String what = "the TLS handshake failed: ";
        assertError(Reason.TLS, what + "unknown certificate: no path", TCP, unknown);
        assertError(Reason.TLS, what + "broken: no path", TCP, new IOException("broken", unknown));
        assertError(Reason.TLS, what + "SSLException", TCP, new SSLException((String) null));
    }

    @Test
    @DisplayName("Anything else on TCP is OTHER and told in the cause's words")
    void other() {
        Throwable denied = new SocketException("Permission denied");
        assertError(Reason.OTHER, denied.toString(), TCP, denied);
    }

    @Test
    @DisplayName("An error of the library's own is left as it is")
    void known() {
        QmpError known = new GreetingError("m", null, null);
        assertSame(known, ConnectErrors.of("vm", TCP, known));
    }

    @Test
    @DisplayName("The connect timeout is told with the option's name")
    void timeout() {
        ConnectError error = ConnectErrors.timedOut("vm", TCP, Duration.ofMillis(1500));
        assertEquals(
                "[vm] Cannot connect to tcp:host:4444: no connection within 1500 ms (connectTimeout)",
                error.getMessage());
        assertSame(Reason.CONNECT_TIMEOUT, error.reason());
        assertNull(error.getCause());
    }

    @Test
    @DisplayName("A path that is too long is told with both sizes")
    void pathTooLong() {
        ConnectError error = ConnectErrors.pathTooLong("vm", missing, 109, 108);
        assertEquals(
                "[vm] Cannot connect to " + missing + ": the path has 109 bytes, but a UNIX socket's has 108 at most",
                error.getMessage());
        assertSame(Reason.PATH_TOO_LONG, error.reason());
        assertNull(error.getCause());
    }
}
