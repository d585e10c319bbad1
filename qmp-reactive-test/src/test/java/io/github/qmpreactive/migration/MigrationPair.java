package io.github.qmpreactive.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Two QEMUs, one of which waits for the guest of the other, with a session each. */
final class MigrationPair implements AutoCloseable {

    /** So slow that it does not end by itself: the firmware of a machine is a few megabytes. */
    static final MigrationOptions SLOW = options().parameters(Map.of("max-bandwidth", 10_000, "downtime-limit", 1));

    private static final QemuLauncher MACHINE = QemuLauncher.system()
            .withArgs("-machine", "pc", "-accel", "tcg", "-m", "32")
            .running();

    final QemuProcess sourceProcess;
    final QemuProcess destinationProcess;
    final QmpSession source;
    final QmpSession destination;
    final String uri;

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> destinationEvents = new CopyOnWriteArrayList<>();

    private MigrationPair(QemuProcess sourceProcess, QemuProcess destinationProcess) {
        this.sourceProcess = sourceProcess;
        this.destinationProcess = destinationProcess;
        this.source = connect(sourceProcess, "source");
        this.destination = connect(destinationProcess, "destination");
        this.uri = "unix:" + destinationProcess.folder().resolve("migration");
        source.events().subscribe(event -> events.add(event.name()), lost -> {});
        destination
                .events("MIGRATION", "RESUME")
                .subscribe(
                        event -> destinationEvents.add(event.name() + MigrationCommands.statusIn(event.data())),
                        lost -> {});
    }

    /** Two alike. */
    static MigrationPair start(String... sourceOnly) {
        return of(MACHINE.withArgs(sourceOnly), MACHINE);
    }

    static MigrationPair of(QemuLauncher source, QemuLauncher destination) {
        QemuProcess first = source.start();
        try {
            return new MigrationPair(
                    first, destination.withArgs("-incoming", "defer").start());
        } catch (RuntimeException | Error e) {
            first.close();
            throw e;
        }
    }

    /** Figures as often as tests need them. */
    static MigrationOptions options() {
        return MigrationOptions.defaults().interval(Duration.ofMillis(100));
    }

    static QmpSession connect(QemuProcess qemu, String name) {
        return Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).name(name).connect().block(Patience.PATIENCE));
    }

    /** The destination listens. */
    MigrationPair listening(MigrationOptions options) {
        QmpMigration.of(destination)
                .incoming(MigrationAddress.uri(uri), options)
                .block(Patience.PATIENCE);
        return this;
    }

    /** With both sessions. */
    QmpMigration both() {
        return QmpMigration.of(source).withDestination(destination);
    }

    /** The statuses, each once. */
    static Flux<String> statuses(Flux<MigrationProgress> progress) {
        return progress.map(MigrationProgress::status).distinctUntilChanged();
    }

    static void assertState(String expected, QmpSession session) {
        assertEquals(expected, state(session).block(Patience.PATIENCE));
    }

    static Mono<String> state(QmpSession session) {
        return session.execute("query-status")
                .map(status -> status.path("status").asString(""));
    }

    /** What a user would do while the migration is under way: runs when it is active. It may block: not on the event loop. */
    static StepVerifier.Step<MigrationProgress> untilActive(Flux<MigrationProgress> progress) {
        return StepVerifier.create(progress.publishOn(Schedulers.boundedElastic()))
                .thenConsumeWhile(now -> !now.status().equals("active"))
                .expectNextMatches(now -> now.status().equals("active"));
    }

    /** Of the source, from the beginning. */
    List<String> events() {
        return events;
    }

    /** Of the destination, from the beginning, with the status behind the name. */
    List<String> destinationEvents() {
        return destinationEvents;
    }

    @Override
    public void close() {
        source.disconnect().block(Patience.PATIENCE);
        destination.disconnect().block(Patience.PATIENCE);
        sourceProcess.close();
        destinationProcess.close();
    }
}
