package io.github.qmpreactive.test.record;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.verify.QmpVerifier;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@ExtendWith(LeakGuard.class)
@DisplayName("A recorder")
class QmpRecorderTest {

    private static final FakeQmpServer MACHINE = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"status\": \"running\", \"running\": true}")
            .when("stop")
            .answer(Answer.reply("{}").eventBefore("STOP"))
            .when("set_password")
            .reply("{}");

    @TempDir
    Path folder;

    private static QmpSession connect(String address) {
        return Objects.requireNonNull(
                QmpClient.create().address(address).name("vm").connect().block(PATIENCE));
    }

    /** A client that knows nothing of QMP. */
    private static Socket dial(String address) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    @Test
    @DisplayName("is closed twice without harm, and says the second time what it said the first")
    void closedTwice() {
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            RunningQmpRecorder recorder = QmpRecorder.create(qemu.address(), folder.resolve("twice.jsonl"))
                    .startUnix();
            connect(recorder.address()).disconnect().block(PATIENCE);
            recorder.close();
            recorder.close();
        }
    }

    @Test
    @DisplayName("writes what a session says, in order, with its times, and its end")
    void session() throws IOException {
        Path file = folder.resolve("new/folder/vm.jsonl");
        try (RunningFakeQmpServer qemu =
                        MACHINE.when("no-such").commandNotFound().startUnix();
                RunningQmpRecorder recorder =
                        QmpRecorder.create(qemu.address(), file).startUnix()) {
            QmpSession session = connect(recorder.address());
            session.executeAndAwait("stop", "STOP").block(PATIENCE);
            assertThrows(ExecuteError.class, () -> session.execute("no-such").block(PATIENCE));
            session.disconnect().block(PATIENCE);
            qemu.awaitConnection().awaitClosed();
        }
        QmpRecording recording = QmpRecording.of(file);
        assertTrue(recording.isComplete());
        assertEquals(1, recording.connections());
        assertEquals(
                List.of("qmp_capabilities", "stop", "no-such"),
                recording.sent().stream().map(m -> m.path("execute").asString()).toList());
        assertEquals(
                List.of("QMP", "return", "STOP", "return", "error"),
                recording.received().stream()
                        .map(m -> m.path("event")
                                .asString(m.propertyNames().stream()
                                        .filter(name -> !name.equals("id"))
                                        .findFirst()
                                        .orElseThrow()))
                        .toList());
        List<String> lines = Files.readAllLines(file);
        assertEquals(11, lines.size(), () -> String.join("\n", lines));
        assertTrue(
                lines.get(9).endsWith(",\"connection\":0,\"direction\":\"client\",\"end\":\"closed\"}"), lines.get(9));
        assertTrue(lines.get(10).endsWith(",\"complete\":true}"), lines.get(10));
    }

    @Test
    @DisplayName("hides secrets in the file, and says so; QEMU gets them")
    void secrets() throws IOException {
        Path file = folder.resolve("vm.jsonl");
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            try (RunningQmpRecorder recorder =
                    QmpRecorder.create(qemu.address(), file).startUnix()) {
                QmpSession session = connect(recorder.address());
                session.execute("set_password", Map.of("protocol", "vnc", "password", "hunter2"))
                        .block(PATIENCE);
                session.disconnect().block(PATIENCE);
            }
            assertEquals(
                    "hunter2",
                    qemu.received("set_password")
                            .get(0)
                            .arguments()
                            .path("password")
                            .asString());
        }
        String text = Files.readString(file);
        assertFalse(text.contains("hunter2"), text);
        assertTrue(text.contains("\"password\":\"***\""), text);
        assertTrue(text.contains(",\"hidden\":[\"/arguments/password\"]}"), text);
    }

    @Test
    @DisplayName("is readable at any time, a message being in it before its answer is")
    void whileRunning() {
        Path file = folder.resolve("vm.jsonl");
        try (RunningFakeQmpServer qemu = MACHINE.startUnix();
                RunningQmpRecorder recorder =
                        QmpRecorder.create(qemu.address(), file).startUnix()) {
            QmpSession session = connect(recorder.address());
            session.execute("query-status").block(PATIENCE);
            QmpRecording recording = QmpRecording.of(file);
            assertFalse(recording.isComplete());
            assertEquals(2, recording.sent().size());
            assertEquals(3, recording.received().size());
            session.disconnect().block(PATIENCE);
        }
    }

    @Test
    @DisplayName("passes on every byte as it is, in both directions: pretty, cut anywhere, garbage, large")
    void bytes() throws IOException {
        String garbage =
                "{'execute':\r\n  'a'}x\u00e4}{\"execute\":\"b\",\"arguments\":{\"c\":\"\\u00e4\ud83d\ude00\"}}\u0000";
        String large = "{\"execute\":\"d\",\"arguments\":{\"e\":\"" + "y".repeat(300_000) + "\"}}";
        byte[] up = (garbage + large).getBytes(StandardCharsets.UTF_8);
        byte[] down = (large.repeat(3) + "} nonsense \u00ff" + large).getBytes(StandardCharsets.ISO_8859_1);
        Path file = folder.resolve("vm.jsonl");
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningQmpRecorder recorder = QmpRecorder.create("tcp:127.0.0.1:" + listening.getLocalPort(), file)
                        .startTcp();
                Socket client = dial(recorder.address())) {
            listening.setSoTimeout((int) PATIENCE.toMillis());
            try (Socket server = listening.accept()) {
                server.setSoTimeout((int) PATIENCE.toMillis());
                assertArrayEquals(up, passed(up, client, server));
                assertArrayEquals(down, passed(down, server, client));
            }
            assertEquals(-1, client.getInputStream().read());
        }
        String text = Files.readString(file);
        assertTrue(text.contains("\"unreadable\":\"JSON parse error\""), "unreadable");
        assertTrue(
                text.contains("\"message\":{\"execute\":\"b\",\"arguments\":{\"c\":\"\\u00E4\\uD83D\\uDE00\"}}"), "b");
    }

    private static byte[] passed(byte[] bytes, Socket from, Socket to) throws IOException {
        // From another thread, since a write beyond what the buffers hold blocks until it is read.
        Mono<Void> writing = Mono.<Void>fromCallable(() -> {
                    for (int i = 0; i < bytes.length; i += 4_001) {
                        from.getOutputStream().write(bytes, i, Math.min(4_001, bytes.length - i));
                    }
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
        CompletableFuture<Void> written = writing.toFuture();
        byte[] read = new byte[bytes.length];
        new DataInputStream(to.getInputStream()).readFully(read);
        assertFalse(written.isCompletedExceptionally());
        return read;
    }

    @Test
    @DisplayName("passes on that QEMU closes, and that it resets")
    void serverEnds() throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            Path file = folder.resolve(reset + ".jsonl");
            try (RunningFakeQmpServer qemu = MACHINE.startTcp();
                    RunningQmpRecorder recorder =
                            QmpRecorder.create(qemu.address(), file).startTcp()) {
                QmpSession session = connect(recorder.address());
                FakeConnection connection = qemu.awaitConnection();
                QmpVerifier.create(session.events())
                        .then(reset ? connection::reset : connection::close)
                        .expectLost(reset ? How.RESET : How.END_OF_FILE)
                        .verify();
            }
            String end = "\"direction\":\"server\",\"end\":\"" + (reset ? "reset" : "closed") + "\"}";
            String text = Files.readString(file);
            assertTrue(text.contains(end), text);
        }
    }

    @Test
    @DisplayName("passes on that the client closes, and that it resets, also over a UNIX socket")
    void clientEnds() throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            Path file = folder.resolve(reset + ".jsonl");
            try (RunningFakeQmpServer qemu = MACHINE.startUnix();
                    RunningQmpRecorder recorder =
                            QmpRecorder.create(qemu.address(), file).startTcp()) {
                Socket client = dial(recorder.address());
                assertEquals('{', client.getInputStream().read());
                if (reset) {
                    client.setSoLinger(true, 0);
                }
                client.close();
                qemu.awaitConnection().awaitClosed();
            }
            String end = "\"direction\":\"client\",\"end\":\"" + (reset ? "reset" : "closed") + "\"}";
            String text = Files.readString(file);
            assertTrue(text.contains(end), text);
        }
    }

    @Test
    @DisplayName("records several clients, by number")
    void severalClients() {
        Path file = folder.resolve("vm.jsonl");
        try (RunningFakeQmpServer qemu = MACHINE.withConcurrentClients().startUnix();
                RunningQmpRecorder recorder =
                        QmpRecorder.create(qemu.address(), file).startUnix()) {
            List<QmpSession> sessions = IntStream.range(0, 3)
                    .mapToObj(n -> connect(recorder.address()))
                    .toList();
            Flux.fromIterable(sessions)
                    .flatMap(session -> session.execute("query-status").repeat(200))
                    .blockLast(PATIENCE);
            Flux.fromIterable(sessions).flatMap(QmpSession::disconnect).blockLast(PATIENCE);
        }
        QmpRecording recording = QmpRecording.of(file);
        assertEquals(3, recording.connections());
        assertEquals(3 * 202, recording.sent().size());
        assertEquals(3 * 203, recording.received().size());
    }

    @Test
    @DisplayName(
            "closes the connection where QEMU cannot be reached, and fails when it is closed with nothing recorded")
    void noQemu() {
        Path socket = folder.resolve("none.sock");
        RunningQmpRecorder recorder =
                QmpRecorder.create("unix:" + socket, folder.resolve("vm.jsonl")).startUnix();
        QmpClient client = QmpClient.create().address(recorder.address());
        ConnectError error =
                assertThrows(ConnectError.class, () -> client.connect().block(PATIENCE));
        assertEquals(ConnectError.Reason.CLOSED, error.reason());
        IllegalStateException nothing = assertThrows(IllegalStateException.class, recorder::close);
        String message = String.valueOf(nothing.getMessage());
        assertTrue(message.startsWith("Nothing was recorded: [recorder of unix:" + socket), message);
    }

    @Test
    @DisplayName("does not start where it cannot write, or with an address that is none")
    void badSetUp() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        UncheckedIOException error =
                assertThrows(UncheckedIOException.class, () -> QmpRecorder.create("unix:/x", file.resolve("vm.jsonl"))
                        .startUnix());
        String message = String.valueOf(error.getMessage());
        assertTrue(message.startsWith("The recording " + file.resolve("vm.jsonl") + " cannot be written: "), message);
        assertThrows(IllegalArgumentException.class, () -> QmpRecorder.create("nowhere:", file));
    }

    @Test
    @DisplayName("leaves no socket behind")
    void cleanUp() {
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            RunningQmpRecorder recorder = QmpRecorder.create(qemu.address(), folder.resolve("vm.jsonl"))
                    .startUnix();
            Path socket = Path.of(recorder.address().substring("unix:".length()));
            assertTrue(Files.exists(socket));
            connect(recorder.address());
            recorder.close();
            assertFalse(Files.exists(socket.getParent()));
            qemu.awaitConnection().awaitClosed();
        }
    }
}
