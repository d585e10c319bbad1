package io.github.qmpreactive.bench.fleet;

import com.sun.management.OperatingSystemMXBean;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.bench.server.ServerProcess;
import io.github.qmpreactive.fleet.FleetOptions;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A fleet of supervised machines, half of them at each of two servers, with one subscriber to the events of all: what a machine
 * holds, what the fleet does while it is idle, and what happens when one half or all of them are started again, with silent
 * machines among them and others that come and go. A server has one thread: that of the half that is not started again has
 * nothing to do with closing thousands of connections.
 */
public final class SupervisedFleet {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration DOWN = Duration.ofMillis(500);
    private static final int MAX_CONNECTING = 64;
    private static final int SILENT = 100;
    private static final int BROADCASTS = 5;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final AtomicReference<CountDownLatch> awaited = new AtomicReference<>(new CountDownLatch(0));
    private final QmpFleet fleet = QmpFleet.create(FleetOptions.defaults().maxConnecting(MAX_CONNECTING));
    private final List<QmpSupervisor> stay = new ArrayList<>();
    private final List<QmpSupervisor> restart = new ArrayList<>();
    private final int size;
    private final ServerProcess server;
    private final ServerProcess otherServer;
    private final QmpSession control;
    private final QmpSession otherControl;
    private int comeAndGo;

    private SupervisedFleet(int size, ServerProcess server, ServerProcess otherServer) {
        this.size = size;
        this.server = server;
        this.otherServer = otherServer;
        this.control = connect(server);
        this.otherControl = connect(otherServer);
    }

    private static QmpSession connect(ServerProcess server) {
        return Objects.requireNonNull(
                QmpClient.create().unixSocket(server.socket()).connect().block(PATIENCE));
    }

    /**
     * Measures a fleet in a JVM of its own.
     *
     * @param machines how many
     * @return what was measured
     * @throws IOException if it fails
     */
    public static SupervisedResult runInProcessOfItsOwn(int machines) throws IOException {
        return SupervisedResult.parse(OwnProcess.run(SupervisedFleet.class, machines));
    }

    /**
     * Measures a fleet and prints one line.
     *
     * @param arguments how many machines
     * @throws Exception if it fails
     */
    public static void main(String[] arguments) throws Exception {
        try (ServerProcess server = new ServerProcess();
                ServerProcess otherServer = new ServerProcess()) {
            SupervisedFleet fleet = new SupervisedFleet(Integer.parseInt(arguments[0]), server, otherServer);
            System.out.println(OwnProcess.MARK + fleet.measure().line());
        }
        System.exit(0);
    }

    private SupervisedResult measure() throws InterruptedException {
        // Classes, event loops and pools are there before anything is measured.
        control.execute("query-status").repeat(1_000).then().block(PATIENCE);
        fleet.events(EventOptions.all()).subscribe(event -> {
            if (event.event() instanceof Received) {
                awaited.get().countDown();
            }
        });
        fleet.start();
        fleet.add("warm-up", QmpClient.create().unixSocket(server.socket()))
                .session()
                .block(PATIENCE);
        fleet.remove("warm-up").orElseThrow().stopped().block(PATIENCE);

        final int threadsBefore = OwnProcess.threads();
        final long heapBefore = OwnProcess.heap();
        long start = System.nanoTime();
        for (int i = 0; i < size; i++) {
            boolean even = i % 2 == 0;
            (even ? stay : restart).add(fleet.add("vm" + i, client(even)));
        }
        awaitUp(stay);
        awaitUp(restart);
        final double connectSeconds = seconds(start);
        final double heapKib = (OwnProcess.heap() - heapBefore) / 1024.0 / size;
        final int threads = OwnProcess.threads() - threadsBefore;
        final double idlePercent = idlePercent();

        RandomCommands commands = new RandomCommands(sessions(stay));
        commands.send(RandomCommands.WARM_UP);
        final RandomCommands.Latencies calm = commands.send(RandomCommands.MEASURED);
        for (int i = 0; i < BROADCASTS; i++) {
            broadcast();
        }
        start = System.nanoTime();
        for (int i = 0; i < BROADCASTS; i++) {
            broadcast();
        }
        final double broadcastMillis = seconds(start) * 1e3 / BROADCASTS;

        addSilent();
        handshakes();
        Disposable churn =
                Flux.interval(Duration.ofMillis(10)).onBackpressureDrop().subscribe(tick -> comeAndGo());
        AtomicReference<Double> halfSeconds = new AtomicReference<>(0.0);
        Thread half = new Thread(() -> halfSeconds.set(restartOf(restart, this::restartOther)));
        half.start();
        final RandomCommands.Latencies survivors = commands.send(RandomCommands.MEASURED);
        half.join();
        final double allSeconds = restartOf(all(), () -> {
            restartOther();
            // There is no reply on the connection that this closes.
            restart(control, 0);
        });
        churn.dispose();
        return new SupervisedResult(
                size,
                connectSeconds,
                heapKib,
                threads,
                idlePercent,
                calm.micros(50),
                calm.micros(99),
                survivors.micros(99),
                halfSeconds.get(),
                allSeconds,
                handshakes(),
                broadcastMillis);
    }

    private QmpClient client(boolean stays) {
        return QmpClient.create().unixSocket(stays ? server.socket() : otherServer.otherSocket());
    }

    private List<QmpSupervisor> all() {
        List<QmpSupervisor> all = new ArrayList<>(stay);
        all.addAll(restart);
        return all;
    }

    private static List<QmpSession> sessions(List<QmpSupervisor> machines) {
        return machines.stream().map(machine -> machine.current().orElseThrow()).toList();
    }

    /** Silent machines that have timed out once: they are known to be. */
    private void addSilent() throws InterruptedException {
        QmpClient silent = QmpClient.create().unixSocket(server.silentSocket()).handshakeTimeout(Duration.ofSeconds(2));
        List<QmpSupervisor> machines = new ArrayList<>();
        for (int i = 0; i < SILENT; i++) {
            machines.add(fleet.add("silent" + i, silent));
        }
        for (QmpSupervisor machine : machines) {
            while (machine.link().cause().isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    private void comeAndGo() {
        fleet.remove("guest" + (comeAndGo - SILENT));
        fleet.add("guest" + comeAndGo++, client(true));
    }

    /** Seconds until all are connected again. */
    private static double restartOf(List<QmpSupervisor> machines, Runnable command) {
        List<QmpSession> before = sessions(machines);
        long start = System.nanoTime();
        command.run();
        for (int i = 0; i < machines.size(); i++) {
            while (machines.get(i).current().orElse(before.get(i)) == before.get(i)) {
                sleep();
            }
        }
        return seconds(start);
    }

    private void restartOther() {
        restart(otherControl, 1);
    }

    private static void restart(QmpSession control, int socket) {
        QmpCommand command = QmpCommand.of("restart").arguments(Map.of("socket", socket, "ms", DOWN.toMillis()));
        control.execute(command).onErrorComplete().block(PATIENCE);
    }

    private void awaitUp(List<QmpSupervisor> machines) {
        for (QmpSupervisor machine : machines) {
            while (machine.current().isEmpty()) {
                sleep();
            }
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private double idlePercent() throws InterruptedException {
        long cpu = system.getProcessCpuTime();
        TimeUnit.SECONDS.sleep(IDLE.toSeconds());
        return (system.getProcessCpuTime() - cpu) * 100.0 / IDLE.toNanos();
    }

    private void broadcast() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(size);
        awaited.set(all);
        Mono.when(control.execute("broadcast"), otherControl.execute("broadcast"))
                .block(PATIENCE);
        if (!all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(all.getCount() + " machines have not seen the event");
        }
    }

    /** What both servers have seen at most, as if that had been at the same time. */
    private int handshakes() {
        return handshakes(stay.get(0)) + handshakes(restart.get(0));
    }

    private static int handshakes(QmpSupervisor machine) {
        return machine.session()
                .flatMap(session -> session.execute("handshakes"))
                .blockOptional(PATIENCE)
                .orElseThrow()
                .asInt();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
