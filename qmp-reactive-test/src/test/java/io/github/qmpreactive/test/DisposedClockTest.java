package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A clock of a fake that is disposed of")
class DisposedClockTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static VirtualTimeScheduler disposed() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        clock.dispose();
        return clock;
    }

    @Test
    @DisplayName("stands still: an answer is not sent, and what needs no clock goes on")
    void answers() throws IOException {
        FakeQmpServer fake = FakeQmpServer.create()
                .withScheduler(disposed())
                .when("late")
                .answer(Answer.reply("1").delayed(LONG));
        try (RunningFakeQmpServer server = fake.startUnix();
                RawClient client = RawClient.negotiated(server.address())) {
            client.send("{\"execute\": \"late\"}");
            server.awaitCommand("late");
            server.emit("STOP");
            assertTrue(client.line().contains("STOP"));
            assertTrue(server.awaitConnection().isOpen());
        }
    }

    @Test
    @DisplayName("stands still: the first event of a limited kind is sent, and no other")
    void limitedEvents() throws IOException {
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                        .withScheduler(disposed())
                        .withLimitedEvents()
                        .startUnix();
                RawClient client = RawClient.negotiated(server.address())) {
            server.emit("RTC_CHANGE", "{\"offset\": 1}");
            server.emit("RTC_CHANGE", "{\"offset\": 2}");
            server.emit("STOP");
            List<String> lines = client.lines(2);
            assertTrue(lines.get(0).contains("\"offset\": 1") && lines.get(1).contains("STOP"), lines::toString);
        }
    }

    @Test
    @DisplayName("stands still: a server that dials does not dial again")
    void reconnects(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel client = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.bind(UnixDomainSocketAddress.of(path));
            try (RunningFakeQmpServer server = FakeQmpServer.create()
                    .withScheduler(disposed())
                    .withReconnect(LONG)
                    .startDialling("unix:" + path)) {
                client.accept().close();
                StepVerifier.create(server.awaitConnection().closed())
                        .expectComplete()
                        .verify(Patience.PATIENCE);
                // On the loop of the fakes: time enough to dial without end.
                for (int i = 0; i < 1000; i++) {
                    FakeLoop.run(() -> {});
                }
                client.configureBlocking(false);
                assertNull(client.accept());
            }
        }
    }

    @Test
    @DisplayName("between its look-up and the start of a timer is looked up again")
    void replaced() {
        VirtualTimeScheduler next = VirtualTimeScheduler.create();
        Queue<Scheduler> clocks = new ArrayDeque<>(List.of(disposed(), next));
        AtomicInteger runs = new AtomicInteger();
        var unused = Timers.after(clocks::remove, LONG, runs::incrementAndGet);
        next.advanceTimeBy(LONG);
        assertEquals(1, runs.get());
        next.dispose();
    }
}
