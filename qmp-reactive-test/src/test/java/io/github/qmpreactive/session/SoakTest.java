package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** In the build some seconds and few sessions; {@code mvn -Psoak} has many, for half an hour. */
@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("Sessions that live long, at servers that are stopped, continued and killed")
class SoakTest {

    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("qmp.soak.seconds", 5));
    private static final int FAKES = Integer.getInteger("qmp.soak.fakes", 8);
    private static final int QEMUS = QemuProcess.isAvailable() ? Integer.getInteger("qmp.soak.qemus", 2) : 0;

    /** The share of the time after which caches and pools are full, and the footprint is taken for the first time. */
    private static final int WARM_UP = 4;

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(50);

    private final Ledger ledger = new Ledger();
    private final LongAdder faults = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    private final CapturedLog log = CapturedLog.silencingSessions();

    /** Connects, again and again, and runs commands and has events all the time. */
    private Disposable live(QmpClient client) {
        return client.connect()
                .flatMap(this::use)
                .onErrorResume(e -> Mono.empty())
                .repeatWhen(ends -> ends.delayElements(PAUSE))
                .subscribe();
    }

    private Mono<Void> use(QmpSession session) {
        sessions.increment();
        Mono<Void> end = session.onDisconnect().onErrorComplete();
        Disposable events = session.events().onErrorComplete().subscribe();
        return Mono.defer(() -> Mono.when(ledger.run(session, "query-status"), ledger.run(session, "query-version")))
                .repeatWhen(rounds -> rounds.delayElements(PAUSE).takeUntilOther(end))
                .then(end)
                .doFinally(signal -> events.dispose());
    }

    private static QmpClient patient(QmpClient client) {
        return client.commandTimeout(Duration.ofMillis(500));
    }

    /** A process that is stopped, continued and killed, and a session at it; after a kill there is another one. */
    private final class Machine implements AutoCloseable {

        private QemuProcess process = start();
        private Disposable life = live(patient(QmpClient.create().address(process.address())));

        private static QemuProcess start() {
            return QemuLauncher.system().withArgs("-m", "16").start();
        }

        void suffer(Random random) {
            switch (random.nextInt(4)) {
                case 0, 1 -> process.suspend();
                case 2 -> process.resume();
                default -> {
                    close();
                    process = start();
                    life = live(patient(QmpClient.create().address(process.address())));
                }
            }
        }

        void recover() {
            process.resume();
        }

        @Override
        public void close() {
            process.kill();
            life.dispose();
            process.close();
        }
    }

    private void suffer(RunningFakeQmpServer server, Random random) {
        List<FakeConnection> open = server.openConnections();
        if (open.isEmpty()) {
            return;
        }
        FakeConnection connection = open.get(random.nextInt(open.size()));
        switch (random.nextInt(6)) {
            case 0 -> connection.reset();
            case 1 -> connection.close();
            case 2 -> connection.faults().halfMessage();
            case 3 -> connection.emitMany(500, "E");
            case 4 -> connection.faults().stall();
            default -> open.forEach(c -> c.faults().resume());
        }
    }

    @Test
    @DisplayName("Each command has one outcome, and memory, threads and descriptors stay as they are")
    void soak() {
        long seed = Fuzz.seed();
        System.out.println("SoakTest: " + LENGTH.toSeconds() + " s, " + FAKES + " sessions at fakes, " + QEMUS
                + " at QEMU; -Dqmp.fuzz.seed=" + seed);
        Random random = new Random(seed);
        List<Machine> machines = new ArrayList<>();
        List<Disposable> lives = new ArrayList<>();
        try (RunningFakeQmpServer server = Clients.machine()
                .when("query-version")
                .reply("{}")
                .withConcurrentClients()
                .startUnix()) {
            for (int i = 0; i < QEMUS; i++) {
                machines.add(new Machine());
            }
            for (int i = 0; i < FAKES; i++) {
                lives.add(live(patient(Clients.client(server))));
            }
            long start = System.nanoTime();
            torment(server, machines, random, start + LENGTH.toNanos() / WARM_UP);
            Footprint before = footprint();
            torment(server, machines, random, start + LENGTH.toNanos());
            Footprint after = footprint();
            lives.forEach(Disposable::dispose);
            machines.forEach(Machine::close);
            server.openConnections().forEach(FakeConnection::close);
            awaitNoneOpen();
            System.out.println("SoakTest: " + sessions + " sessions, " + faults + " faults, " + ledger.begun()
                    + " commands: " + ledger.outcomes());
            assertEquals("[]", ledger.faults().toString());
            assertEquals(
                    ledger.begun(),
                    ledger.outcomes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
            assertTrue(ledger.outcomes().getOrDefault("reply", 0L) > 0);
            assertTrue(after.isFlat(before), () -> "before: " + before + ", after: " + after);
        } finally {
            lives.forEach(Disposable::dispose);
            machines.forEach(Machine::close);
            log.close();
        }
    }

    private void torment(RunningFakeQmpServer server, List<Machine> machines, Random random, long end) {
        while (System.nanoTime() < end) {
            pause(BETWEEN_FAULTS);
            faults.increment();
            if (!machines.isEmpty() && random.nextInt(5) == 0) {
                machines.get(random.nextInt(machines.size())).suffer(random);
            } else {
                suffer(server, random);
            }
        }
        machines.forEach(Machine::recover);
        server.openConnections().forEach(connection -> connection.faults().resume());
    }

    private static Footprint footprint() {
        pause(Duration.ofSeconds(1));
        Footprint footprint = Footprint.now();
        System.out.println("SoakTest: " + footprint);
        return footprint;
    }

    private static void pause(Duration length) {
        Mono.delay(length).block();
    }

    private void awaitNoneOpen() {
        long end = System.nanoTime() + Clients.PATIENCE.toNanos();
        while (ledger.open() > 0) {
            assertTrue(System.nanoTime() < end, () -> ledger.open() + " commands have no outcome");
            pause(PAUSE);
        }
    }
}
