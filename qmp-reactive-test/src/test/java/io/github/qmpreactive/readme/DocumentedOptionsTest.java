package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.session.Certificates;
import io.github.qmpreactive.test.internal.process.VersionedOptions;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("QEMU's options in the documents and in the Javadoc")
class DocumentedOptionsTest {

    private static final Duration NO_AGENT = Duration.ofMillis(200);

    @TempDir
    Path folder;

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    private static List<String> spellings(VersionedOptions options) {
        return List.of(options.reconnect(), options.noDelay(), String.join(" ", options.monitor("m")));
    }

    @Test
    @DisplayName("The guide's table has what the launcher writes, before each of its versions and since then")
    void table() throws IOException {
        for (DocumentedOptions.Spelling row : DocumentedOptions.spellings()) {
            QemuVersion since = new QemuVersion(row.major(), row.minor(), 0, "");
            QemuVersion before = row.minor() == 0
                    ? new QemuVersion(row.major() - 1, 99, 0, "")
                    : new QemuVersion(row.major(), row.minor() - 1, 99, "");
            assertTrue(spellings(new VersionedOptions(since)).contains(row.since()), row::toString);
            assertTrue(spellings(new VersionedOptions(before)).contains(row.before()), row::toString);
        }
        assertEquals(3, DocumentedOptions.spellings().size());
    }

    /** With the spelling of the QEMU that is here, and the monitor on a chardev in both ways in which sockets are used. */
    static List<String> options() throws IOException {
        QemuVersion version = QemuBinary.SYSTEM.version().orElseThrow();
        List<DocumentedOptions.Spelling> spellings = DocumentedOptions.spellings();
        Stream<String> ofTheTable = spellings.stream()
                .filter(row -> row.what().contains("`-chardev"))
                .map(row -> row.what().split("`", -1)[1] + " " + row.of(version));
        List<String> all = Stream.concat(DocumentedOptions.all().stream(), ofTheTable)
                .map(options -> spelled(options, spellings, version))
                .distinct()
                .toList();
        assertTrue(all.size() >= 8, all::toString);
        return all;
    }

    private static String spelled(String options, List<DocumentedOptions.Spelling> rows, QemuVersion version) {
        String result = options;
        for (DocumentedOptions.Spelling row : rows) {
            result = result.replace(row.since(), row.of(version)).replace(row.before(), row.of(version));
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("options")
    @Qemu
    @DisplayName("QEMU starts with them without a warning, and a session comes about")
    void works(String options) throws Exception {
        Path socket = folder.resolve("s");
        int port = freePort();
        String real = options.replaceAll("/run/[a-z-]+\\.sock", socket.toString())
                .replaceAll("tcp:([0-9.]+):[0-9]+", "tcp:$1:" + port)
                .replace("ADDRESS", "unix:" + socket);
        if (options.contains("qga0")) {
            agent(real, socket);
        } else if (options.contains("tls-creds")) {
            Certificates certificates = Certificates.of("authority");
            Path credentials = certificates.write(folder.resolve("pki"), "localhost");
            monitor(
                    real.replace("/etc/pki/qemu", credentials.toString()),
                    QmpClient.create().tcp("localhost", port).secure(certificates.clientContext()));
        } else {
            monitor(
                    real,
                    options.contains("tcp:")
                            ? QmpClient.create().tcp("127.0.0.1", port)
                            : QmpClient.create().unixSocket(socket));
        }
    }

    private static void monitor(String options, QmpClient client) {
        if (options.contains("server=on")) {
            try (QemuProcess qemu = start(options)) {
                assertAnswers(await(client.connect()));
                assertPrintsNoWarning(qemu);
            }
            return;
        }
        QmpListener listener = await(client.listen());
        try (QemuProcess qemu = start(options)) {
            assertAnswers(await(listener.sessions().next()));
            assertAnswers(await(listener.sessions().next())); // it has connected again
            assertPrintsNoWarning(qemu);
        }
        listener.close().block(PATIENCE);
    }

    /** The guest has none: QEMU connects, and no agent answers. */
    private static void agent(String options, Path socket) {
        QgaClient client = QgaClient.create().unixSocket(socket);
        if (options.contains("server=on")) {
            try (QemuProcess qemu = start(options)) {
                assertNoAgent(client.handshakeTimeout(NO_AGENT).connect());
                assertPrintsNoWarning(qemu);
            }
            return;
        }
        Mono<?> session = client.handshakeTimeout(NO_AGENT).accept().cache();
        session.subscribe(s -> {}, e -> {});
        while (Files.notExists(socket)) {
            Thread.onSpinWait();
        }
        try (QemuProcess qemu = start(options)) {
            assertNoAgent(session);
            assertPrintsNoWarning(qemu);
        }
    }

    private static QemuProcess start(String options) {
        return QemuLauncher.system()
                .withArgs("-machine", "pc", "-accel", "tcg", "-m", "32")
                .withArgs(options.split(" +"))
                .start();
    }

    private static void assertAnswers(QmpSession session) {
        assertTrue(await(session.execute("query-status")).path("running").isBoolean());
        session.disconnect().block(PATIENCE);
    }

    private static void assertNoAgent(Mono<?> session) {
        StepVerifier.create(session)
                .verifyErrorSatisfies(e -> assertEquals(
                        Reason.NO_SYNC_REPLY,
                        assertInstanceOf(ConnectError.class, e).reason()));
    }

    private static void assertPrintsNoWarning(QemuProcess qemu) {
        String output = qemu.output().toLowerCase(Locale.ROOT);
        assertTrue(!output.contains("warning") && !output.contains("deprecated"), qemu::output);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
