package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.netty.resources.LoopResources;

/** One event loop does it all, so that a test can wait until there is nothing left to do. */
@ExtendWith(LeakGuard.class)
@DisplayName("A listener's connections that wait")
class ListenQueueTest {

    /** Takes as many sessions as it is told to. */
    private static final class Taker extends BaseSubscriber<QmpSession> {

        final List<QmpSession> taken = new CopyOnWriteArrayList<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Nothing is wanted yet.
        }

        @Override
        protected void hookOnNext(QmpSession session) {
            taken.add(session);
        }
    }

    @TempDir
    Path folder;

    private final List<Dialer> dialers = new ArrayList<>();
    private final List<QmpError> failures = new CopyOnWriteArrayList<>();
    private final List<QmpSession> sessions = new ArrayList<>();
    private LoopResources loops;
    private QmpListener listener;

    @BeforeEach
    void listen() {
        loops = LoopResources.create("one", 1, true);
        listener = await(QmpClient.create()
                .unixSocket(folder.resolve("s"))
                .name("vm")
                .runOn(loops)
                .listen());
        listener.failures().subscribe(failures::add);
    }

    @AfterEach
    void close() {
        finish(listener.close());
        sessions.forEach(session -> finish(session.disconnect()));
        dialers.forEach(Dialer::close);
        finish(loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)));
    }

    private Dialer dial() {
        Dialer dialer = Dialer.greeting(listener.address());
        dialers.add(dialer);
        return dialer;
    }

    private Taker taker(long wanted) {
        Taker taker = new Taker();
        listener.sessions().subscribe(taker);
        if (wanted > 0) {
            taker.request(wanted);
        }
        return taker;
    }

    /** Before it runs what is due later, the loop looks at its sockets. */
    private void settle() {
        for (int i = 0; i < 10; i++) {
            loops.onServer(LoopResources.DEFAULT_NATIVE)
                    .next()
                    .schedule(() -> {}, 1, TimeUnit.MILLISECONDS)
                    .syncUninterruptibly();
        }
    }

    private QmpSession only(Taker taker) {
        settle();
        assertEquals(1, taker.taken.size());
        QmpSession session = taker.taken.get(0);
        sessions.add(session);
        return session;
    }

    /** One whose handshake is over, and who was wanted only until then. */
    private Dialer ready() {
        Taker first = taker(1);
        Dialer dialer = dial();
        assertTrue(dialer.read().contains("qmp_capabilities"));
        first.cancel();
        dialer.answerLast();
        settle();
        assertEquals(List.of(), first.taken);
        return dialer;
    }

    private String failure() {
        settle();
        assertEquals(1, failures.size());
        ConnectError error = (ConnectError) failures.get(0);
        assertEquals(Reason.CLOSED, error.reason());
        return error.getMessage();
    }

    @Test
    @DisplayName("a subscriber that cancels while it subscribes leaves its place to the next one")
    void cancelledAtOnce() {
        listener.sessions().subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                cancel();
            }
        });
        Taker next = taker(1);
        dial().answer();
        assertEquals("vm#1", only(next).name());
    }

    @Test
    @DisplayName(
            "a session that is ready is emitted on demand, and not before; the next connection begins no handshake")
    void readyWaitsForDemand() {
        ready();
        Dialer second = dial();
        Taker taker = taker(0);
        settle();
        assertEquals(List.of(), taker.taken);
        taker.request(1);
        assertEquals("vm#1", only(taker).name());
        finish(listener.close());
        assertEquals("", second.read());
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("a session that ends before it is requested is a failure, and the next connection is the session")
    void readyAndGone() {
        ready().hangUp();
        settle();
        Taker taker = taker(1);
        assertEquals("[vm#1] The session ended before it was requested", failure());
        Dialer second = dial();
        assertTrue(second.read().contains("qmp_capabilities"));
        second.answerLast();
        assertEquals("vm#2", only(taker).name());
    }

    @Test
    @DisplayName("a session that is ready when the listener is closed is disconnected")
    void readyAtTheEnd() {
        Dialer ready = ready();
        finish(listener.close());
        ready.awaitClosed();
    }

    @Test
    @DisplayName("a connection that its peer closes before a handshake began is a failure, with a line in the log")
    void goneBeforeTheHandshake() {
        try (CapturedLog log = CapturedLog.ofSessions()) {
            Dialer first = dial();
            settle();
            first.close();
            String message = failure();
            assertEquals("[vm] A connection was closed by its other side before a handshake began", message);
            assertEquals(
                    List.of("WARN [vm] Cannot open a session on an accepted connection: " + message),
                    log.about("Cannot open a session"));
        }
    }

    @Test
    @DisplayName("a connection that waits when the listener is closed is closed, and no failure")
    void waitingAtTheEnd() {
        try (CapturedLog log = CapturedLog.ofSessions()) {
            Dialer first = dial();
            settle();
            finish(listener.close());
            first.awaitClosed();
            settle();
            assertEquals(List.of(), failures);
            assertEquals(List.of(), log.about("Cannot open a session"));
        }
    }

    @Test
    @DisplayName("a subscriber that throws in onNext gets no more: the next subscriber gets the next session")
    void rudeTaker() {
        try (CapturedLog log = CapturedLog.ofSessions()) {
            listener.sessions().subscribe(new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(QmpSession session) {
                    sessions.add(session);
                    throw new IllegalStateException("rude");
                }

                @Override
                public void onError(Throwable error) {
                    throw new AssertionError(error);
                }

                @Override
                public void onComplete() {
                    throw new AssertionError();
                }
            });
            Dialer first = dial();
            assertTrue(first.read().contains("qmp_capabilities"));
            first.answerLast();
            settle();
            assertEquals(1, sessions.size());
            assertEquals(
                    List.of(
                            "ERROR [vm] A subscriber to sessions threw from its signal handler and gets no more signals"),
                    log.about("threw"));
            Taker next = taker(1);
            Dialer second = dial();
            assertTrue(second.read().contains("qmp_capabilities"));
            second.answerLast();
            assertEquals("vm#2", only(next).name());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("one is accepted, the others stay in the system's queue until sessions are requested")
    void systemsQueue() throws IOException {
        dial();
        settle();
        for (int i = 0; i < 5; i++) {
            dial();
        }
        settle();
        assertEquals(1, accepted());
        Taker taker = taker(1);
        dialers.get(0).answer();
        assertEquals("vm#1", only(taker).name());
        assertEquals(2, accepted());
    }

    /** How many connections were taken from the queue: the kernel has a number for their files. */
    private long accepted() throws IOException {
        String path = listener.address().substring("unix:".length());
        try (var lines = Files.lines(Path.of("/proc/net/unix"))) {
            return lines.map(line -> line.trim().split(" +"))
                    .filter(line -> line.length == 8 && line[7].equals(path))
                    .filter(line -> line[5].equals("03") && !line[6].equals("0"))
                    .count();
        }
    }
}
