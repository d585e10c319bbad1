package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.log.LogLimit;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** The handshake timeout is longer than any test waits: what gives way does so for another reason. */
@ExtendWith(LeakGuard.class)
@Tag("stress")
@DisplayName("A listener that is flooded with connections")
class ListenFloodTest {

    private static final int SILENT = 300;

    @TempDir
    Path folder;

    private final Queue<Dialer> dialers = new ConcurrentLinkedQueue<>();
    private final Queue<QmpError> failures = new ConcurrentLinkedQueue<>();
    private QmpListener listener;
    private Flux<QmpError> told;

    @BeforeEach
    void listen() {
        listener = await(QmpClient.create()
                .unixSocket(folder.resolve("s"))
                .name("vm")
                .handshakeTimeout(Duration.ofMinutes(10))
                .listen());
        told = listener.failures().replay().autoConnect(0);
        told.subscribe(failures::add);
    }

    @AfterEach
    void close() {
        finish(listener.close());
        dialers.forEach(Dialer::close);
    }

    private void flood(int connections, String sends) throws IOException {
        for (int i = 0; i < connections; i++) {
            Dialer dialer = Dialer.to(listener.address());
            dialers.add(dialer);
            if (!sends.isEmpty()) {
                dialer.send(sends);
            }
        }
    }

    /** Dials until it is let in: as QEMU does, it dials anew when its connection is closed, or the queue is full. */
    private Thread good() {
        Thread thread = new Thread(() -> {
            boolean in = false;
            while (!in) {
                Dialer dialer = Dialer.to(listener.address());
                dialers.add(dialer);
                in = dialer.negotiate();
            }
        });
        thread.setDaemon(true);
        return thread;
    }

    /** It may be told a moment after the session that has its place is there. */
    private CompletableFuture<QmpError> failureThatSays(String words) {
        return told.filter(e -> String.valueOf(e.getMessage()).contains(words))
                .next()
                .toFuture();
    }

    @ParameterizedTest(name = "{0} wanted")
    @ValueSource(longs = {1, Long.MAX_VALUE})
    @DisplayName(
            "by silent peers: the oldest gives way to a connection that waits, so that a QEMU gets a session within seconds")
    void silent(long wanted) throws IOException {
        CompletableFuture<QmpSession> session = sessions(wanted).next().toFuture();
        flood(100, "");
        good().start();
        flood(100, "");
        QmpSession in = joined(session);
        assertEquals(SessionState.RUNNING, in.state());
        finish(in.disconnect());
        joined(failureThatSays("A connection sent nothing for "));
        failures.stream()
                .filter(e -> String.valueOf(e.getMessage()).contains("another connection waited"))
                .forEach(e -> assertEquals(Reason.NO_GREETING, ((ConnectError) e).reason()));
    }

    @Test
    @DisplayName("by ones that send half a greeting: they give way, too")
    void slow() throws IOException {
        CompletableFuture<QmpSession> session = new CompletableFuture<>();
        // Goes on wanting: the good one may be among the first to be read, and the others still wait then.
        sessions(Long.MAX_VALUE).subscribe(session::complete);
        flood(20, "{\"QMP\"");
        good().start();
        QmpSession in = joined(session);
        finish(in.disconnect());
        // Of one that is not heard in time on a busy machine it says that it sent nothing.
        joined(failureThatSays("another connection waited"));
    }

    @Test
    @DisplayName("of which none waits: a silent one has all of the handshake timeout")
    void nobodyWaits() throws IOException {
        CompletableFuture<QmpSession> session = sessions(Long.MAX_VALUE).next().toFuture();
        flood(15, "");
        good().start();
        finish(joined(session).disconnect());
        assertEquals(List.of(), List.copyOf(failures));
    }

    @Test
    @DisplayName("writes a bounded number of lines to the log")
    void lines() throws IOException {
        // Its clock stands still: a busy machine takes longer than the time that has so many lines.
        try (HeldTimers timers = new HeldTimers();
                CapturedLog log = CapturedLog.ofSessions()) {
            CompletableFuture<List<QmpError>> failed =
                    listener.failures().take(SILENT).collectList().toFuture();
            sessions(Long.MAX_VALUE).subscribe(s -> {});
            for (int i = 0; i < SILENT; i++) {
                try (Dialer garbage = Dialer.to(listener.address())) {
                    garbage.send("x");
                }
            }
            assertEquals(SILENT, joined(failed).size());
            int written = log.about("WARN").size()
                    + log.about("Cannot open a session").size();
            assertEquals(LogLimit.LINES, written);
            assertEquals(1, timers.started(LogLimit.PERIOD));
        }
    }

    private Flux<QmpSession> sessions(long wanted) {
        return wanted == Long.MAX_VALUE
                ? listener.sessions()
                : listener.sessions().take(wanted);
    }
}
