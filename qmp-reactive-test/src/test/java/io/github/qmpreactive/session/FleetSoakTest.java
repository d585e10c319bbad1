package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.fleet.FleetOptions;
import io.github.qmpreactive.fleet.Outcome;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisorOptions;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/** In {@code .ci/run} some seconds and few machines; {@code mvn -Psoak} has many, for half an hour. */
@Tag("long")
@Tag("stress")
@ExtendWith(LeakGuard.class)
@DisplayName("A fleet that lives long, with machines that are stopped, continued, killed, added and removed")
class FleetSoakTest {

    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("qmp.soak.seconds", 5));
    private static final int FAKES = Integer.getInteger("qmp.soak.fakes", 8);
    private static final int QEMUS =
            QemuBinary.SYSTEM.isAvailable() ? Math.min(20, Integer.getInteger("qmp.soak.qemus", 2)) : 0;

    private static final int WARM_UP = 4;
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(50);
    private static final int TURNS_OF_A_SERVER = 40;

    /** On a machine that is so slow that the time passes without them. */
    private static final int FEWEST_TURNS = 20;

    private static final SupervisorOptions<QmpSession> FAST =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(10), Duration.ofMillis(200));

    private final Ledger commands = new Ledger();
    private final CapturedLog sessionLog = CapturedLog.silencingSessions();
    private final CapturedLog supervisorLog = CapturedLog.silencingSupervisors();
    private final EventLedger events = new EventLedger();
    private final QmpFleet fleet = QmpFleet.create(FleetOptions.defaults().maxConnecting(8));
    private final Disposable.Composite work = Disposables.composite();
    private final List<Machine> machines = new ArrayList<>();
    private final Map<FakeConnection, Integer> emitted = new HashMap<>();
    private int servers;
    private int guests;

    /** A process that is stopped, continued and killed; after a kill there is another one at another address. */
    private final class Machine implements AutoCloseable {

        private volatile QemuProcess process = start();

        Machine(String name) {
            live(name, Mono.defer(() -> limited(QmpClient.create().address(process.address()))
                    .connect()));
        }

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
                }
            }
        }

        @Override
        public void close() {
            process.kill();
            process.close();
        }
    }

    private static QmpClient limited(QmpClient client) {
        return client.commandTimeout(LIMIT).handshakeTimeout(LIMIT).probe(LIMIT);
    }

    /** A machine that runs commands all the time. */
    private void live(String name, Mono<QmpSession> connect) {
        QmpSupervisor machine = fleet.add(name, connect, FAST);
        work.add(machine.links().subscribe(link -> events.link(name, link)));
        work.add(machine.session()
                .flatMap(session -> commands.run(session, "query-status"))
                .onErrorComplete()
                .repeatWhen(rounds -> rounds.delayElements(PAUSE))
                .subscribe());
    }

    private static RunningFakeQmpServer serve(Path path) {
        return Clients.machine()
                .when("query-yank") // the probe's
                .reply("[]")
                .withConcurrentClients()
                .withPath(path)
                .startUnix();
    }

    @Test
    @DisplayName(
            "Each command has one outcome, each session change one gap, no event is lost or doubled, and nothing grows")
    void soak(@TempDir Path folder) {
        long seed = Fuzz.seed();
        System.out.println("FleetSoakTest: " + LENGTH.toSeconds() + " s, " + FAKES + " machines at a fake, " + QEMUS
                + " at QEMU; -Dqmp.fuzz.seed=" + seed);
        Random random = new Random(seed);
        Path path = folder.resolve("host.sock");
        RunningFakeQmpServer server = serve(path);
        try {
            work.add(fleet.events().subscribe(events::event));
            for (int i = 0; i < QEMUS; i++) {
                machines.add(new Machine("qemu" + i));
            }
            for (int i = 0; i < FAKES; i++) {
                live(
                        "fake" + i,
                        limited(QmpClient.create().unixSocket(path))
                                .name("fake" + i)
                                .connect());
            }
            // Behind the subscriptions to links: of the earlier ones only the latest is replayed.
            fleet.start();
            awaitUp();
            long start = System.nanoTime();
            server = torment(server, path, random, start + LENGTH.toNanos() / WARM_UP);
            Footprint before = footprint();
            server = torment(server, path, random, start + LENGTH.toNanos());
            Footprint after = footprint();
            Patience.until(() -> events.withoutGap().isEmpty(), () -> "Without a gap: " + events.withoutGap());
            work.dispose();
            fleet.stop();
            fleet.stopped().block(Patience.PATIENCE);
            Patience.until(() -> commands.open() == 0, () -> commands.open() + " commands have no outcome");
            System.out.println(
                    "FleetSoakTest: " + commands.begun() + " commands: " + commands.outcomes() + "; " + events);
            assertEquals("[]", commands.faults().toString());
            assertEquals("[]", events.faults().toString());
            assertEquals(
                    commands.begun(),
                    commands.outcomes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
            assertTrue(commands.outcomes().getOrDefault("reply", 0L) > 0);
            assertTrue(events.received() > 0 && events.gaps() > 0, events::toString);
            assertTrue(after.isFlat(before), () -> "before: " + before + ", after: " + after);
            RunningFakeQmpServer last = server;
            Patience.until(() -> last.openConnections().isEmpty(), () -> "open: " + last.openConnections());
        } finally {
            work.dispose();
            fleet.stop();
            machines.forEach(Machine::close);
            server.close();
            sessionLog.close();
            supervisorLog.close();
        }
    }

    private RunningFakeQmpServer torment(RunningFakeQmpServer first, Path path, Random random, long end) {
        RunningFakeQmpServer server = first;
        for (int turn = 1; turn <= FEWEST_TURNS || System.nanoTime() < end; turn++) {
            Mono.delay(BETWEEN_FAULTS).block();
            for (FakeConnection connection : server.openConnections()) {
                whileOpen(connection, this::emit);
            }
            if (!machines.isEmpty() && random.nextInt(5) == 0) {
                machines.get(random.nextInt(machines.size())).suffer(random);
            } else {
                suffer(server, random);
            }
            switch (random.nextInt(10)) {
                case 0 ->
                    fleet.add("guest" + guests++, limited(QmpClient.create().unixSocket(path)), FAST);
                case 1 -> fleet.remove("guest" + (guests - 1));
                case 2 ->
                    work.add(fleet.each(session -> session.execute("query-status"), LIMIT)
                            .map(Outcome::machine)
                            .collectList()
                            .subscribe(events::each));
                default -> {
                    // The machines stay as they are.
                }
            }
            if (turn % TURNS_OF_A_SERVER == 0) {
                server = restart(server, path);
            }
        }
        for (int i = 0; i < guests; i++) {
            fleet.remove("guest" + i);
        }
        machines.forEach(machine -> machine.process.resume());
        // A new one has received nothing yet that it keeps.
        return restart(server, path);
    }

    private RunningFakeQmpServer restart(RunningFakeQmpServer server, Path path) {
        server.close();
        emitted.clear();
        servers++;
        return serve(path);
    }

    /** The number of the event shows what is missing or doubled. */
    private void emit(FakeConnection connection) {
        int number = emitted.merge(connection, 1, Integer::sum) - 1;
        connection.emit(
                "NUMBER",
                "{\"connection\": \"" + servers + "." + connection.number() + "\", \"number\": " + number + "}");
    }

    private static void suffer(RunningFakeQmpServer server, Random random) {
        List<FakeConnection> open = server.openConnections();
        if (!open.isEmpty()) {
            FakeConnection connection = open.get(random.nextInt(open.size()));
            switch (random.nextInt(4)) {
                case 0 -> connection.reset();
                case 1 -> connection.close();
                case 2 -> whileOpen(connection, c -> c.faults().stall());
                default -> whileOpen(connection, c -> c.faults().resume());
            }
        }
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

    private void awaitUp() {
        for (String name : fleet.names()) {
            Clients.await(fleet.machine(name).orElseThrow().session());
        }
    }

    private Footprint footprint() {
        awaitUp();
        Footprint footprint = Footprint.now();
        System.out.println("FleetSoakTest: " + footprint);
        return footprint;
    }
}
