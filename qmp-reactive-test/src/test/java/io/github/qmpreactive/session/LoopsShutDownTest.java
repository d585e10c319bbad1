package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.resources.LoopResources;

@Tag("stress")
@DisplayName("P21 Event loops that are shut down while something is opened")
class LoopsShutDownTest {

    private static final int ROUNDS = 50;

    /** What begins on a loop that ends meanwhile may wait for it. */
    private static final Duration LIMIT = Duration.ofMillis(100);

    @TempDir
    static Path folder;

    static Stream<Arguments> openings() {
        Path listening = folder.resolve("l");
        return Stream.of(
                named("connect", (server, loops) -> QmpClient.create()
                        .address(server.address())
                        .connectTimeout(LIMIT)
                        .runOn(loops)
                        .connect()
                        .flatMap(s -> s.execute("query-status"))),
                named("agent", (server, loops) -> QgaClient.create()
                        .address(server.address())
                        .connectTimeout(LIMIT)
                        .handshakeTimeout(LIMIT)
                        .runOn(loops)
                        .connect()),
                named("listen", (server, loops) -> QmpClient.create()
                        .unixSocket(listening)
                        .runOn(loops)
                        .listen()
                        .flatMap(l -> l.sessions().next().then(l.close()))),
                named("accept", (server, loops) -> QmpClient.create()
                        .unixSocket(folder.resolve("a"))
                        .runOn(loops)
                        .accept()),
                named("failures", (server, loops) -> QmpClient.create()
                        .tcp("127.0.0.1", 0)
                        .runOn(loops)
                        .listen()
                        .flatMap(l -> l.failures().next().then(l.close()))));
    }

    private interface Opener {
        Mono<?> open(RunningFakeQmpServer server, LoopResources loops);
    }

    private static Arguments named(String name, Opener opener) {
        return Arguments.of(Named.of(name, opener));
    }

    @ParameterizedTest
    @MethodSource("openings")
    @DisplayName("nothing is thrown from subscribe(), nothing is dropped, and each subscriber hears of the end")
    void race(Opener opener) throws InterruptedException {
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        Queue<Throwable> undocumented = new ConcurrentLinkedQueue<>();
        Hooks.onErrorDropped(thrown::add);
        try (RunningFakeQmpServer server =
                Clients.machine().withConcurrentClients().startTcp()) {
            CountDownLatch ends = new CountDownLatch(ROUNDS);
            for (int i = 0; i < ROUNDS; i++) {
                LoopResources loops = LoopResources.create("doomed", 1, true);
                Mono<?> mono = opener.open(server, loops).doFinally((SignalType signal) -> ends.countDown());
                Thread subscriber = new Thread(() -> {
                    try {
                        mono.subscribe(value -> {}, e -> {
                            if (!(e instanceof QmpError)) {
                                undocumented.add(e);
                            }
                        });
                    } catch (Throwable e) {
                        thrown.add(e);
                        ends.countDown();
                    }
                });
                // Before, for loops that are made after the end would live on.
                loops.onClient(true);
                loops.onServer(true);
                loops.onServerSelect(true);
                subscriber.start();
                spin(ThreadLocalRandom.current().nextInt(200_000));
                loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Clients.PATIENCE);
                subscriber.join();
            }
            ends.await(Clients.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(List.of(), List.copyOf(thrown));
            assertEquals(List.of(), List.copyOf(undocumented));
            assertEquals(0, ends.getCount(), "subscribers are left waiting");
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private static void spin(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
