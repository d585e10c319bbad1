package io.github.qmpreactive.bench.fleet;

import com.sun.management.OperatingSystemMXBean;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.bench.server.ServerProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;

/**
 * One fleet: connects all sessions, subscribes to the events of each, looks at what they hold while they are idle, sends
 * commands to one after another at random, and has the server send one event to each.
 */
public final class Fleet {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CONNECTING_AT_ONCE = 64;
    private static final int EVENTS = 50_000;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final AtomicReference<CountDownLatch> awaited = new AtomicReference<>(new CountDownLatch(0));
    private final int size;
    private final QmpClient client;

    private Fleet(int size, Path socket) {
        this.size = size;
        this.client = QmpClient.create().unixSocket(socket);
    }

    /**
     * Measures a fleet in a JVM of its own.
     *
     * @param sessions how many
     * @return what was measured
     * @throws IOException if it fails
     */
    public static FleetResult runInProcessOfItsOwn(int sessions) throws IOException {
        return FleetResult.parse(OwnProcess.run(Fleet.class, sessions));
    }

    /**
     * Measures a fleet and prints one line.
     *
     * @param arguments how many sessions
     * @throws Exception if it fails
     */
    public static void main(String[] arguments) throws Exception {
        try (ServerProcess server = new ServerProcess()) {
            Fleet fleet = new Fleet(Integer.parseInt(arguments[0]), server.socket());
            System.out.println(OwnProcess.MARK + fleet.measure().line());
        }
        System.exit(0);
    }

    private FleetResult measure() throws InterruptedException {
        // Classes, event loops and pools are there before anything is measured.
        QmpSession first = Objects.requireNonNull(client.connect().block(PATIENCE));
        first.events().subscribe(event -> awaited.get().countDown());
        first.execute("query-status").repeat(1_000).then().block(PATIENCE);

        int threadsBefore = OwnProcess.threads();
        long heapBefore = OwnProcess.heap();
        long directBefore = OwnProcess.direct();
        long start = System.nanoTime();
        List<QmpSession> sessions = Objects.requireNonNull(Flux.range(0, size)
                .flatMap(i -> client.name("vm" + i).connect(), CONNECTING_AT_ONCE)
                .collectList()
                .block(PATIENCE));
        final double connectSeconds = (System.nanoTime() - start) / 1e9;
        sessions.forEach(s -> s.events().subscribe(event -> awaited.get().countDown()));
        final double heapKib = (OwnProcess.heap() - heapBefore) / 1024.0 / size;
        final double directKib = (OwnProcess.direct() - directBefore) / 1024.0 / size;

        RandomCommands commands = new RandomCommands(sessions);
        commands.send(RandomCommands.WARM_UP);
        final long cpuBefore = system.getProcessCpuTime();
        RandomCommands.Latencies latencies = commands.send(RandomCommands.MEASURED);
        final double cpuMicros = (system.getProcessCpuTime() - cpuBefore) / 1e3 / latencies.count();

        // CPU time is told in steps, so a small fleet takes more than one event.
        int broadcasts = Math.max(3, EVENTS / size);
        for (int i = 0; i < broadcasts; i++) {
            broadcast(first);
        }
        final long eventCpuBefore = system.getProcessCpuTime();
        final long eventStart = System.nanoTime();
        for (int i = 0; i < broadcasts; i++) {
            broadcast(first);
        }
        return new FleetResult(
                size,
                connectSeconds,
                heapKib,
                directKib,
                OwnProcess.threads() - threadsBefore,
                latencies.count(),
                cpuMicros,
                latencies.micros(50),
                latencies.micros(99),
                latencies.micros(99.9),
                (System.nanoTime() - eventStart) / 1e6 / broadcasts,
                (system.getProcessCpuTime() - eventCpuBefore) / 1e3 / size / broadcasts);
    }

    private void broadcast(QmpSession first) throws InterruptedException {
        CountDownLatch all = new CountDownLatch(size + 1);
        awaited.set(all);
        first.execute("broadcast").block(PATIENCE);
        if (!all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(all.getCount() + " sessions have not seen the event");
        }
    }
}
