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
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.QmpGuards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

@QmpGuards
@DisplayName("Listening for QEMU")
class ListenTest {

    @TempDir
    static Path folder;

    private static int paths;

    /** Over TCP; over UNIX sockets, native and NIO. */
    static Stream<QmpClient> transports() {
        QmpClient client = QmpClient.create().name("vm");
        return Stream.of(
                client.tcp("127.0.0.1", 0),
                client.unixSocket(path()),
                client.unixSocket(path()).runOn(NioLoops.INSTANCE));
    }

    private static synchronized Path path() {
        return folder.resolve("s" + paths++);
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(Clients.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static BlockingQueue<QmpSession> sessions(QmpListener listener) {
        BlockingQueue<QmpSession> sessions = new LinkedBlockingQueue<>();
        listener.sessions().subscribe(sessions::add);
        return sessions;
    }

    private static BlockingQueue<QmpError> failures(QmpListener listener) {
        BlockingQueue<QmpError> failures = new LinkedBlockingQueue<>();
        listener.failures().subscribe(failures::add);
        return failures;
    }

    @ParameterizedTest
    @MethodSource("transports")
    @DisplayName(
            "Each connection becomes a session of its own, which outlives the listener; the socket's file is removed")
    void sessionsOutlive(QmpClient client) {
        QmpListener listener = await(client.listen());
        var sessions = sessions(listener);
        try (Dialer one = Dialer.greeting(listener.address()).answer();
                Dialer two = Dialer.greeting(listener.address()).answer()) {
            QmpSession first = take(sessions);
            QmpSession second = take(sessions);
            assertEquals(java.util.Set.of("vm#1", "vm#2"), java.util.Set.of(first.name(), second.name()));
            finish(listener.close());
            finish(listener.close());
            assertThrows(java.io.UncheckedIOException.class, () -> Dialer.to(listener.address()));
            if (listener.address().startsWith("unix:")) {
                assertFalse(Files.exists(Path.of(listener.address().substring(5))));
            }
            assertEquals(SessionState.RUNNING, first.state());
            var reply = second.execute("query-status").toFuture();
            (second.name().endsWith("1") ? one : two).answer();
            joined(reply);
            // The address is free again.
            finish(await(client.listen()).close());
            finish(first.disconnect());
            finish(second.disconnect());
        }
    }

    @Test
    @DisplayName("The address is known before QEMU connects: the port that the system has chosen, a doubled comma")
    void addresses() throws IOException {
        QmpListener tcp = await(QmpClient.create().address("127.0.0.1:0").listen());
        assertTrue(tcp.address().matches("tcp:127\\.0\\.0\\.1:[1-9][0-9]+"), tcp::address);
        assertEquals("QmpListener[" + tcp.address() + "]", tcp.toString());
        finish(tcp.close());
        QmpListener six = await(QmpClient.create().address("[::1]:0").listen());
        assertTrue(six.address().matches("tcp:\\[::1\\]:[1-9][0-9]+"), six::address);
        finish(six.close());
        Path comma = folder.resolve("a,b");
        QmpListener unix = await(QmpClient.create().unixSocket(comma).listen());
        assertEquals("unix:" + comma.toString().replace(",", ",,"), unix.address());
        finish(unix.close());
        QmpListener name = await(QmpClient.create().tcp("localhost", 0).listen());
        assertTrue(name.address().startsWith("tcp:localhost:"), name::address);
        finish(name.close());
    }

    @Test
    @DisplayName("P17 one bad handshake disturbs no other, and failures() emits its error")
    void badHandshakes() {
        Duration limit = Duration.ofMinutes(7);
        QmpListener listener = await(QmpClient.create()
                .tcp("127.0.0.1", 0)
                .name("vm")
                .handshakeTimeout(limit)
                .listen());
        var failures = failures(listener);
        var sessions = sessions(listener);
        try (HeldTimers timers = new HeldTimers();
                Dialer garbage = Dialer.to(listener.address()).send("SSH-2.0\r\n");
                Dialer good = Dialer.greeting(listener.address()).answer()) {
            assertInstanceOf(MalformedMessageError.class, take(failures));
            garbage.awaitClosed();
            QmpSession session = take(sessions);
            try (Dialer silent = Dialer.to(listener.address())) {
                timers.runOut(limit, 3);
                ConnectError error = assertInstanceOf(ConnectError.class, take(failures));
                assertEquals(Reason.NO_GREETING, error.reason());
                silent.awaitClosed();
            }
            Dialer.to(listener.address()).close();
            assertEquals(
                    Reason.CLOSED,
                    assertInstanceOf(ConnectError.class, take(failures)).reason());
            var reply = session.execute("query-status").toFuture();
            good.answer();
            joined(reply);
            finish(session.disconnect());
        }
        finish(listener.close());
    }

    @Test
    @DisplayName("No more handshakes at a time than maxHandshakes; further connections wait, and lose nothing")
    @SuppressWarnings("try") // A handshake gives way to one that waits if it is not over within a second.
    void boundedHandshakes() {
        try (HeldTimers timers = new HeldTimers()) {
            QmpListener listener = await(QmpClient.create()
                    .unixSocket(path())
                    .maxHandshakes(2)
                    .name("vm")
                    .listen());
            var sessions = sessions(listener);
            AtomicInteger most = dialers(listener.address(), 20);
            List<QmpSession> all =
                    Stream.generate(() -> take(sessions)).limit(20).toList();
            assertTrue(most.get() <= 2, () -> most + " at a time");
            assertEquals(20, all.stream().map(QmpSession::name).distinct().count());
            all.forEach(session -> finish(session.disconnect()));
            finish(listener.close());
        }
    }

    @Test
    @DisplayName("Demand bounds the handshakes, too: no negotiation begins for a session that is not requested")
    void demandBounds() {
        QmpListener listener = await(QmpClient.create().unixSocket(path()).listen());
        List<QmpSession> taken = new ArrayList<>();
        StepVerifier.create(listener.sessions().doOnNext(taken::add), 0)
                .then(() -> {
                    dialers(listener.address(), 3);
                })
                .thenRequest(1)
                .consumeNextWith(session -> assertTrue(session.name().endsWith("#1")))
                .thenRequest(1)
                .consumeNextWith(session -> assertTrue(session.name().endsWith("#2")))
                .thenCancel()
                .verify();
        finish(listener.close());
        taken.forEach(session -> finish(session.disconnect()));
    }

    /** Each negotiates on a thread of its own. Returns how many were in the middle of that at most. */
    private static AtomicInteger dialers(String address, int count) {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> {
                try (Dialer dialer = Dialer.greeting(address)) {
                    String command = dialer.read();
                    if (command.contains("qmp_capabilities")) {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        Thread.yield();
                        now.decrementAndGet();
                        dialer.answerTo(command);
                    }
                    dialer.awaitClosed();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        return most;
    }

    @Test
    @DisplayName("next() loses no session: one whose handshake is under way goes to the next subscriber")
    @SuppressWarnings("try") // A handshake gives way to one that waits if it is not over within a second.
    void oneAtATime() {
        try (HeldTimers timers = new HeldTimers()) {
            QmpListener listener = await(QmpClient.create().unixSocket(path()).listen());
            dialers(listener.address(), 20);
            java.util.Set<String> names = new java.util.HashSet<>();
            for (int i = 0; i < 20; i++) {
                QmpSession session = await(listener.sessions().next());
                names.add(session.name());
                finish(session.disconnect());
            }
            assertEquals(20, names.size());
            finish(listener.close());
        }
    }

    @Test
    @DisplayName(
            "P16 closing closes every connection not yet emitted as a session: waiting, in the handshake, and ready")
    void closeReleases() {
        QmpListener listener =
                await(QmpClient.create().unixSocket(path()).maxHandshakes(2).listen());
        var taker = new BaseSubscriber<QmpSession>() {};
        listener.sessions().subscribe(taker);
        Dialer untaken = Dialer.greeting(listener.address());
        Dialer handshaking = Dialer.to(listener.address());
        String negotiation = untaken.read();
        assertTrue(negotiation.contains("qmp_capabilities"));
        taker.cancel();
        untaken.answerTo(negotiation);
        Dialer waiting = Dialer.greeting(listener.address());
        finish(listener.close());
        untaken.awaitClosed();
        handshaking.awaitClosed();
        waiting.awaitClosed();
        StepVerifier.create(listener.sessions()).verifyComplete();
        StepVerifier.create(listener.failures()).verifyComplete();
        Stream.of(untaken, handshaking, waiting).forEach(Dialer::close);
    }

    @Test
    @DisplayName("sessions() has one subscriber at a time, and completes when the listener is closed")
    void oneSubscriber() {
        QmpListener listener = await(QmpClient.create().tcp("127.0.0.1", 0).listen());
        var first = listener.sessions().then().toFuture();
        StepVerifier.create(listener.sessions())
                .verifyErrorSatisfies(e -> assertTrue(assertInstanceOf(IllegalStateException.class, e)
                        .getMessage()
                        .contains("has a subscriber already")));
        var failures = listener.failures().then().toFuture();
        assertFalse(first.isDone());
        finish(listener.close());
        joined(first);
        joined(failures);
    }

    @Test
    @DisplayName("P16 listen() that is cancelled while it binds, 200 times, leaves no socket listening")
    void cancelListen() {
        QmpClient client = QmpClient.create().unixSocket(path());
        Queue<QmpListener> taken = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 200; i++) {
            // One that was emitted belongs to its taker, even if it cancels at that moment.
            BaseSubscriber<QmpListener> attempt = new BaseSubscriber<>() {
                @Override
                protected void hookOnNext(QmpListener listener) {
                    taken.add(listener);
                }

                @Override
                protected void hookOnError(Throwable e) {
                    // The socket of the attempt before is not gone yet.
                }
            };
            client.listen().subscribe(attempt);
            attempt.cancel();
        }
        taken.forEach(listener -> finish(listener.close()));
        QmpListener listener =
                await(client.listen().retryWhen(reactor.util.retry.Retry.backoff(50, Duration.ofMillis(5))));
        finish(listener.close());
    }

    @Test
    @DisplayName("P21 the event loop is shut down under a listener: sessions() fails")
    void loopShutDown() {
        for (int i = 0; i < 10; i++) {
            LoopResources loops = LoopResources.create("doomed", 1, true);
            QmpListener listener =
                    await(QmpClient.create().tcp("127.0.0.1", 0).runOn(loops).listen());
            var end = listener.sessions().then().materialize().toFuture();
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Clients.PATIENCE);
            assertInstanceOf(
                    ConnectionLostError.class, await(Mono.fromFuture(end)).getThrowable());
            assertThrows(java.io.UncheckedIOException.class, () -> Dialer.to(listener.address()));
            finish(listener.close());
        }
    }

    @Test
    @DisplayName("HandshakeMode.NONE: a connection becomes a session at once")
    void withoutHandshake() {
        QmpListener listener = await(QmpClient.create()
                .unixSocket(path())
                .handshake(HandshakeMode.NONE)
                .listen());
        try (Dialer dialer = Dialer.to(listener.address())) {
            QmpSession session = await(listener.sessions().next());
            var reply = session.execute("query-status").toFuture();
            dialer.answer();
            joined(reply);
            finish(session.disconnect());
        }
        finish(listener.close());
    }
}
