package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** In {@code .ci/run} some seconds and few sessions; {@code mvn -Psoak} has many, for half an hour. */
@Tag("long")
@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("Sessions that live long, at servers that are stopped, continued and killed")
class SoakTest {

    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("qmp.soak.seconds", 5));
    private static final int FAKES = Integer.getInteger("qmp.soak.fakes", 8);
    private static final int QEMUS = QemuBinary.SYSTEM.isAvailable() ? Integer.getInteger("qmp.soak.qemus", 2) : 0;

    /** The share of the time after which caches and pools are full, and the footprint is taken for the first time. */
    private static final int WARM_UP = 4;

    private static final int FEWEST_TURNS = 20;

    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(50);
    private static final Duration BETWEEN_REPLACEMENTS = Duration.ofSeconds(2);
    private static final int AT_ONE_FAKE = 50;

    private final Ledger ledger = new Ledger();
    private final LongAdder faults = new LongAdder();
    private final LongAdder sessions = new LongAdder();
    private final CapturedLog log = CapturedLog.silencingSessions();
    private final List<Machine> machines = new ArrayList<>();
    private final List<Fake> fakes = new ArrayList<>();
    private int clients;

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

    /** Every other client has a limit; the commands of the others wait until the server goes on, or has gone. */
    private QmpClient limited(QmpClient client) {
        return clients++ % 2 == 0 ? client.commandTimeout(LIMIT) : client;
    }

    /** A process that is stopped, continued and killed, and a session at it; after a kill there is another one. */
    private final class Machine implements AutoCloseable {

        private QemuProcess process = start();
        private Disposable life = live(limited(QmpClient.create().address(process.address())));

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
                    life = live(limited(QmpClient.create().address(process.address())));
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

    /** A fake server for some sessions. It keeps what it receives, so it is replaced by a new one at the same path in time. */
    private final class Fake implements AutoCloseable {

        private final Path path;
        private final List<Disposable> lives = new ArrayList<>();
        private RunningFakeQmpServer server;

        Fake(Path path, int sessions) {
            this.path = path;
            this.server = start();
            for (int i = 0; i < sessions; i++) {
                lives.add(live(limited(QmpClient.create().unixSocket(path))));
            }
        }

        private RunningFakeQmpServer start() {
            return Clients.machine()
                    .when("query-version")
                    .reply("{}")
                    .withConcurrentClients()
                    .withPath(path)
                    .startUnix();
        }

        void suffer(Random random) {
            List<FakeConnection> open = server.openConnections();
            if (open.isEmpty()) {
                return;
            }
            FakeConnection connection = open.get(random.nextInt(open.size()));
            switch (random.nextInt(6)) {
                case 0 -> connection.reset();
                case 1 -> connection.close();
                case 2 -> whileOpen(connection, c -> c.faults().halfMessage());
                case 3 -> whileOpen(connection, c -> c.emitMany(500, "E"));
                case 4 -> whileOpen(connection, c -> c.faults().stall());
                default -> recover();
            }
        }

        void recover() {
            server.openConnections()
                    .forEach(connection -> whileOpen(connection, c -> c.faults().resume()));
        }

        /** The client closes connections at any time, also after they were listed as open. */
        private static void whileOpen(FakeConnection connection, Consumer<FakeConnection> action) {
            try {
                action.accept(connection);
            } catch (IllegalStateException e) {
                if (connection.isOpen()) {
                    throw e;
                }
            }
        }

        void replace() {
            server.close();
            server = start();
        }

        boolean isComplete() {
            return server.openConnections().size() >= lives.size();
        }

        @Override
        public void close() {
            lives.forEach(Disposable::dispose);
            server.close();
        }
    }

    @Test
    @DisplayName("Each command has one outcome, and memory, threads and descriptors stay as they are")
    void soak(@TempDir Path folder) {
        long seed = Fuzz.seed();
        System.out.println("SoakTest: " + LENGTH.toSeconds() + " s, " + FAKES + " sessions at fakes, " + QEMUS
                + " at QEMU; -Dqmp.fuzz.seed=" + seed);
        Random random = new Random(seed);
        try {
            for (int i = 0; i < QEMUS; i++) {
                machines.add(new Machine());
            }
            for (int i = 0; i < FAKES; i += AT_ONE_FAKE) {
                fakes.add(new Fake(folder.resolve(i + ".sock"), Math.min(AT_ONE_FAKE, FAKES - i)));
            }
            long start = System.nanoTime();
            torment(random, start + LENGTH.toNanos() / WARM_UP);
            Footprint before = footprint();
            torment(random, start + LENGTH.toNanos());
            Footprint after = footprint();
            close();
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
            close();
            log.close();
        }
    }

    private void close() {
        machines.forEach(Machine::close);
        machines.clear();
        fakes.forEach(Fake::close);
        fakes.clear();
    }

    private void torment(Random random, long end) {
        long replacement = System.nanoTime();
        for (int turn = 0, pass = 0; pass < FEWEST_TURNS || System.nanoTime() < end; pass++) {
            pause(BETWEEN_FAULTS);
            faults.increment();
            if (!machines.isEmpty() && random.nextInt(5) == 0) {
                machines.get(random.nextInt(machines.size())).suffer(random);
            } else {
                fakes.get(random.nextInt(fakes.size())).suffer(random);
            }
            if (System.nanoTime() - replacement > BETWEEN_REPLACEMENTS.toNanos()) {
                replacement = System.nanoTime();
                fakes.get(turn++ % fakes.size()).replace();
            }
        }
    }

    /** All servers go on, those that keep what they received are new, and all sessions are back. */
    private Footprint footprint() {
        machines.forEach(Machine::recover);
        fakes.forEach(Fake::replace);
        long end = System.nanoTime() + Clients.PATIENCE.toNanos();
        while (!fakes.stream().allMatch(Fake::isComplete)) {
            assertTrue(System.nanoTime() < end, "some sessions have not come back");
            pause(PAUSE);
        }
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
