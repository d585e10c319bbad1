package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Waiting for one QEMU to connect")
class AcceptTest {

    @TempDir
    Path folder;

    private String address(boolean tcp) {
        if (!tcp) {
            return "unix:" + folder.resolve("s");
        }
        QmpListener probe = await(QmpClient.create().tcp("127.0.0.1", 0).listen());
        finish(probe.close());
        return probe.address();
    }

    /** Connects as soon as the client listens. */
    private static Dialer dial(String address) {
        AtomicReference<Dialer> dialer = new AtomicReference<>();
        Patience.until(
                () -> {
                    try {
                        dialer.set(Dialer.to(address));
                        return true;
                    } catch (UncheckedIOException e) {
                        return false;
                    }
                },
                () -> "nothing listens at " + address);
        return dialer.get();
    }

    private static void assertNobodyListens(String address) {
        assertThrows(UncheckedIOException.class, () -> Dialer.to(address).close());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("accept() takes the first connection, and its socket is closed once there is a session")
    void first(boolean tcp) {
        String address = address(tcp);
        var accepted = QmpClient.create().name("vm").address(address).accept().toFuture();
        try (Dialer first = dial(address).send(Dialer.GREETING).answer()) {
            QmpSession session = joined(accepted);
            assertEquals("vm", session.name());
            assertNobodyListens(address);
            assertFalse(Files.exists(folder.resolve("s")));
            var reply = session.execute("query-status").toFuture();
            first.answer();
            joined(reply);
            finish(session.disconnect());
            first.awaitClosed();
        }
    }

    @Test
    @DisplayName("P21 accept() fails when the event loops of its socket are shut down before QEMU has connected")
    void socketGone() {
        LoopResources loops = LoopResources.create("one", 1, true);
        String address = address(false);
        var accepted = QmpClient.create()
                .name("vm")
                .address(address)
                .runOn(loops)
                .accept()
                .toFuture();
        while (!Files.exists(folder.resolve("s")) && !accepted.isDone()) {
            Thread.onSpinWait();
        }
        finish(loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)));
        ConnectError error = assertInstanceOf(
                ConnectError.class,
                assertThrows(CompletionException.class, () -> joined(accepted)).getCause());
        assertEquals(ConnectError.Reason.CLOSED, error.reason());
        assertEquals(
                "[vm] The listening socket was closed by something else before a connection was accepted",
                error.getMessage());
    }

    @Test
    @DisplayName("accept() closes all connections but the first, with a line in the log for each that it accepted")
    void extraPeers() {
        String address = address(false);
        try (CapturedLog log = CapturedLog.ofListeners()) {
            for (int i = 0;
                    i < 50
                            || (i < 1000
                                    && log.about("listener no longer accepting").isEmpty());
                    i++) {
                var accepted =
                        QmpClient.create().name("vm").address(address).accept().toFuture();
                List<Dialer> dialers = new ArrayList<>(List.of(dial(address)));
                for (int n = 0; n < 5; n++) {
                    try {
                        dialers.add(Dialer.to(address));
                    } catch (UncheckedIOException e) {
                        // It has stopped listening.
                    }
                }
                AtomicInteger negotiated = new AtomicInteger();
                List<Thread> threads = dialers.stream()
                        .map(dialer -> new Thread(() -> {
                            if (dialer.negotiate()) {
                                negotiated.incrementAndGet();
                            }
                            dialer.awaitClosed();
                            dialer.close();
                        }))
                        .toList();
                threads.forEach(Thread::start);
                QmpSession session = joined(accepted);
                finish(session.disconnect());
                threads.forEach(AcceptTest::join);
                assertEquals(1, negotiated.get());
            }
            // The others were in the system's queue still when the listener had closed.
            List<String> told = log.about("listener no longer accepting");
            assertFalse(told.isEmpty());
            told.forEach(line -> assertTrue(line.startsWith("INFO [vm] Closed "), line));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(Clients.PATIENCE.toMillis());
            assertFalse(thread.isAlive(), "the connection was not closed");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("P17 accept() fails as connect() does, and closes what it has opened")
    void badHandshake() {
        String address = address(false);
        var accepted = QmpClient.create().address(address).accept().toFuture();
        try (Dialer first = dial(address).send("SSH-2.0\r\n")) {
            assertInstanceOf(
                    MalformedMessageError.class,
                    assertThrows(CompletionException.class, () -> joined(accepted))
                            .getCause());
            first.awaitClosed();
            assertNobodyListens(address);
        }
    }

    // Who listens on the same path just then keeps the file of its socket: Netty would remove it now and then.
    @RepeatedTest(20)
    @DisplayName("P16 cancelled before QEMU connects, and in the handshake: the socket is closed")
    void cancelled() {
        String address = address(false);
        QmpClient client = QmpClient.create().address(address);
        Disposable waiting = client.accept().subscribe();
        while (Files.notExists(folder.resolve("s"))) {
            Thread.onSpinWait();
        }
        waiting.dispose();
        while (Files.exists(folder.resolve("s"))) {
            Thread.onSpinWait();
        }
        Disposable attempt = client.accept().subscribe(s -> {}, e -> {});
        try (Dialer first = dial(address).send(Dialer.GREETING)) {
            assertTrue(first.read().contains("qmp_capabilities"));
            attempt.dispose();
            first.awaitClosed();
        }
        QmpListener listener = await(client.listen());
        finish(listener.close());
        assertNobodyListens(address);
    }

    @Test
    @DisplayName("The port 0 is for listen() alone, since accept() does not say which port the system has chosen")
    void portZero() {
        QmpClient client = QmpClient.create().tcp("127.0.0.1", 0);
        String message = "The port 0 is for listen(), which then tells the port";
        StepVerifier.create(client.accept()).verifyErrorMessage(message);
        StepVerifier.create(client.connect()).verifyErrorMessage(message);
    }
}
