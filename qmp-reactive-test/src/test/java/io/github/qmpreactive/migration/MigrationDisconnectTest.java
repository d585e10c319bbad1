package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;
import static io.github.qmpreactive.migration.FakeEnd.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A migration whose session is disconnected right after its subscription is cancelled")
class MigrationDisconnectTest {

    /** How long disconnect() waits for what is sent before, and for a flush. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final HeldTimers timers = new HeldTimers();
    private final FakeEnd source = FakeEnd.source();

    @AfterEach
    void close() {
        source.close();
        timers.close();
    }

    private void cancel() {
        source.qemu.when("migrate_cancel").silent();
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.status("active");
        source.roundTrip();
        migration.dispose();
    }

    /** The cancel may be there before the event loop knows of the call of disconnect(). */
    private void awaitDisconnecting() {
        Patience.until(() -> source.session.state() == SessionState.DISCONNECTING, () -> "" + source.session.state());
    }

    @Test
    @DisplayName("is cancelled before the session is closed")
    void replied() {
        cancel();
        StepVerifier.create(source.session.disconnect())
                .then(() -> source.await("migrate_cancel", 1))
                .then(this::awaitDisconnecting)
                .then(() -> source.qemu
                        .awaitConnection()
                        .answer(source.qemu.awaitCommand("migrate_cancel"), Answer.reply("{}")))
                .verifyComplete();
    }

    @Test
    @DisplayName("does not keep the session for longer than a second if QEMU does not reply")
    void silent() {
        cancel();
        StepVerifier.create(source.session.disconnect())
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> timers.runOut(LIMIT))
                .verifyComplete();
    }

    @Test
    @DisplayName("is the last that the session sends: what is new is refused meanwhile")
    void refusesWhatIsNew() {
        cancel();
        StepVerifier.create(source.session.disconnect())
                .then(() -> source.await("migrate_cancel", 1))
                .then(this::awaitDisconnecting)
                .then(() -> StepVerifier.create(source.session.execute("stop")).verifyError(StateError.class))
                .then(() -> timers.runOut(LIMIT))
                .verifyComplete();
    }

    @Test
    @DisplayName("keeps no timer when the connection ends meanwhile")
    void connectionEnds() {
        cancel();
        StepVerifier.create(source.session.disconnect())
                .then(() -> source.await("migrate_cancel", 1))
                .then(() -> source.qemu.awaitConnection().close())
                .verifyComplete();
        Patience.until(() -> timers.held(LIMIT) == 0, () -> "a timer is held");
    }

    @Test
    @DisplayName("in setup is broken off out of band if QEMU hangs, before the session is closed")
    void hangs() {
        source.qemu.when("yank").reply("{}");
        source.qemu.when("migrate_cancel").answer(command -> {
            source.qemu.when("query-migrate").silent();
            return Answer.reply("{}");
        });
        Disposable migration = source.migration().to(URI, QUIET).subscribe();
        source.await("query-migrate", 1);
        source.roundTrip();
        migration.dispose();
        StepVerifier.create(source.session.disconnect())
                .then(() -> source.await("query-migrate", 3))
                .then(() -> timers.runOut(MigrationCommands.HANGS))
                .then(() -> source.await("yank", 1))
                .then(this::awaitDisconnecting)
                .then(() -> source.qemu
                        .awaitConnection()
                        .answer(source.qemu.received("query-migrate").get(2), Answer.reply(text("cancelled"))))
                .verifyComplete();
    }

    @Test
    @DisplayName("does not keep the session if its own last value cancels it")
    void byTheLastValue() {
        source.info(text("completed"));
        source.runState("postmigrate");
        StepVerifier.create(source.migration().follow().takeUntil(MigrationProgress::isCompleted))
                .expectNextCount(1)
                .verifyComplete();
        source.session.disconnect().block(Patience.PATIENCE);
        assertEquals(1, timers.started(LIMIT), "the flush alone is timed");
    }
}
