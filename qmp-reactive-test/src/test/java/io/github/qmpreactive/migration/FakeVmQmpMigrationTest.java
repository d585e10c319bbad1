package io.github.qmpreactive.migration;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.vm.FakeMigration;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("QmpMigration between two FakeVms")
class FakeVmQmpMigrationTest {

    private static final FakeMigration LONG =
            FakeMigration.takes(Duration.ofHours(2)).of(1L << 30);
    private static final String URI = "unix:/somewhere";

    private final List<RunningFakeVm> running = new ArrayList<>();

    private RunningFakeVm source;
    private RunningFakeVm destination;

    private void start(FakeVm from, FakeVm to) {
        source = from.withMonitors(2).start();
        running.add(source);
        destination = to.withIncoming().withMonitors(2).start();
        running.add(destination);
    }

    @AfterEach
    void close() {
        running.forEach(RunningFakeVm::close);
    }

    private static QmpSession connect(RunningFakeVm vm, int monitor) {
        return Objects.requireNonNull(vm.client(monitor).connect().block(PATIENCE));
    }

    private Flux<MigrationProgress> move(MigrationOptions options) {
        QmpMigration migration = QmpMigration.of(connect(source, 0));
        QmpSession to = connect(destination, 0);
        return QmpMigration.of(to)
                .incoming(URI)
                .thenMany(migration.withDestination(to).to(URI, options));
    }

    private static MigrationOptions options() {
        return MigrationOptions.defaults();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("moves the guest, of each version")
    void moves(String version) {
        FakeVm machine = FakeVm.create().withProfile(QemuProfile.of(version));
        start(machine, machine);
        StepVerifier.create(move(options()).last())
                .expectNextMatches(last -> last.isCompleted() && last.downtime().isPresent())
                .verifyComplete();
        assertEquals(RunState.POSTMIGRATE, source.runState());
        assertEquals(RunState.RUNNING, destination.runState());
    }

    @Test
    @DisplayName("makes progress by virtual time, and takes as long as max-bandwidth makes it")
    void virtualTime() {
        start(FakeVm.create().withMigration(LONG), FakeVm.create());
        StepVerifier.withVirtualTime(() -> Mono.zip(
                                source.client().connect(), destination.client().connect())
                        .delayUntil(both -> QmpMigration.of(both.getT2()).incoming(URI))
                        .flatMapMany(both -> QmpMigration.of(both.getT1())
                                .withDestination(both.getT2())
                                .to(URI, options().parameters(Map.of("max-bandwidth", (1L << 30) / 10_000))))
                        .filter(MigrationProgress::isCompleted))
                .then(() -> source.server().awaitCommand("migrate"))
                .thenAwait(Duration.ofSeconds(9_999))
                .then(() -> assertEquals(RunState.RUNNING, source.runState()))
                .thenAwait(Duration.ofSeconds(2))
                .expectNextCount(1)
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("A subscription that is cancelled cancels it: the guest runs on, and the destination exits")
    void cancelled() {
        start(FakeVm.create().withMigration(LONG), FakeVm.create());
        StepVerifier.create(move(options()))
                .thenConsumeWhile(now -> !now.status().equals("active"))
                .expectNextCount(1)
                .thenCancel()
                .verify();
        Patience.until(() -> !destination.isAlive(), destination::toString);
        assertEquals(RunState.RUNNING, source.runState());
    }

    @Test
    @DisplayName("migrate_cancel by another session is an error")
    void cancelledByAnother() {
        start(FakeVm.create().withMigration(LONG), FakeVm.create());
        StepVerifier.create(move(options()))
                .thenConsumeWhile(now -> !now.status().equals("active"))
                .then(() -> connect(source, 1).execute("migrate_cancel").block(PATIENCE))
                .thenConsumeWhile(now -> true)
                .verifyError(MigrationCancelledError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("Before the switch work is done, while the guest runs nowhere")
    void preSwitchover(String version) {
        FakeVm machine = FakeVm.create().withProfile(QemuProfile.of(version));
        start(machine, machine);
        AtomicReference<String> states = new AtomicReference<>("");
        Mono<Void> work = Mono.fromRunnable(() -> states.set(source.runState() + " " + destination.runState()));
        StepVerifier.create(move(options().preSwitchover(work)))
                .thenConsumeWhile(now -> true)
                .verifyComplete();
        assertEquals("FINISH_MIGRATE INMIGRATE", states.get());
        assertEquals(RunState.RUNNING, destination.runState());
    }

    @Test
    @DisplayName("Work before the switch that fails leaves the guest at the source")
    void vetoed() {
        start(FakeVm.create(), FakeVm.create());
        StepVerifier.create(move(options().preSwitchover(Mono.error(new IllegalStateException("no")))))
                .thenConsumeWhile(now -> true)
                .verifyError(IllegalStateException.class);
        assertEquals(RunState.RUNNING, source.runState());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("A source that fails has a reason, and its guest runs on")
    void sourceFails(String version) {
        FakeVm machine = FakeVm.create().withProfile(QemuProfile.of(version));
        start(machine.withMigration(FakeMigration.takes(Duration.ZERO).failsAt(0.5, "No route to host")), machine);
        assertFailure("No route to host", "running", options());
        assertFalse(destination.isAlive());
    }

    @Test
    @DisplayName("A destination that fails half way breaks off the source")
    void destinationFailsHalfWay() {
        start(
                FakeVm.create(),
                FakeVm.create().withMigration(FakeMigration.takes(Duration.ZERO).failsAt(0.5, "Unknown section")));
        assertFailure("Unable to write to socket: Broken pipe", "running", options());
        assertFalse(destination.isAlive());
    }

    @Test
    @DisplayName("Without a return path, the source completes though the destination cannot load the guest")
    void runsNowhere() {
        start(FakeVm.create(), FakeVm.create().withMigration(FakeMigration.fails("Unknown section")));
        assertFailure("", "postmigrate", options().capability("return-path", false));
    }

    @Test
    @DisplayName("With exit-on-error false, the destination lives on and tells the reason")
    void livesOn() {
        start(FakeVm.create(), FakeVm.create().withMigration(FakeMigration.fails("Unknown section")));
        connect(destination, 0)
                .execute("migrate-incoming", Map.of("uri", URI, "exit-on-error", false))
                .block(PATIENCE);
        StepVerifier.create(QmpMigration.of(connect(source, 0)).to(URI))
                .thenConsumeWhile(now -> true)
                .verifyError(MigrationFailedError.class);
        assertEquals(RunState.INMIGRATE, destination.runState());
        assertEquals(
                "Unknown section",
                Objects.requireNonNull(
                                connect(destination, 1).execute("query-migrate").block(PATIENCE))
                        .path("error-desc")
                        .asString());
    }

    @Test
    @DisplayName("A destination that is killed breaks off the source; a source that is killed ends the destination")
    void killed() {
        start(FakeVm.create().withMigration(LONG), FakeVm.create());
        StepVerifier.create(QmpMigration.of(connect(destination, 0))
                        .incoming(URI)
                        .thenMany(QmpMigration.of(connect(source, 0)).to(URI)))
                .thenConsumeWhile(now -> !now.status().equals("active"))
                .then(destination::kill)
                .thenConsumeWhile(now -> true)
                .verifyError(MigrationFailedError.class);
        assertEquals(RunState.RUNNING, source.runState());

        RunningFakeVm other = FakeVm.create().withIncoming().start();
        running.add(other);
        QmpMigration.of(connect(other, 0)).incoming(URI).block(PATIENCE);
        QmpMigration.of(connect(source, 1))
                .to(URI)
                .takeUntil(now -> now.status().equals("active"))
                .next()
                .block(PATIENCE);
        source.kill();
        Patience.until(() -> !other.isAlive(), other::toString);
    }

    private void assertFailure(String reason, String state, MigrationOptions options) {
        StepVerifier.create(move(options)).thenConsumeWhile(now -> true).verifyErrorSatisfies(e -> {
            MigrationFailedError error = assertInstanceOf(MigrationFailedError.class, e);
            assertTrue(error.reason().contains(reason), error::getMessage);
            assertEquals(Optional.of(state), error.sourceState(), error::getMessage);
        });
    }
}
