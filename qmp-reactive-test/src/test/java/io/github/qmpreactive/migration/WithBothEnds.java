package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static io.github.qmpreactive.migration.FakeEnd.URI;

import io.github.qmpreactive.test.HeldTimers;
import org.junit.jupiter.api.AfterEach;
import reactor.test.StepVerifier;

/** What tests of a migration with sessions of both ends have. */
abstract class WithBothEnds {

    final HeldTimers timers = new HeldTimers();
    FakeEnd source = FakeEnd.source();
    FakeEnd destination = FakeEnd.destination();

    @AfterEach
    void close() {
        source.close();
        destination.close();
        timers.close();
    }

    QmpMigration both() {
        return source.migration().withDestination(destination.session);
    }

    StepVerifier.Step<String> begun() {
        return begun(QUIET);
    }

    /** It is under way. */
    StepVerifier.Step<String> begun(MigrationOptions options) {
        int before = source.count("query-migrate");
        return StepVerifier.create(MigrationPair.statuses(both().to(URI, options)))
                .expectNext("setup")
                .then(() -> source.await("query-migrate", before + 1))
                .then(source::roundTrip);
    }

    /** The session of the destination ends. */
    void lose() {
        destination.qemu.awaitConnection().close();
    }
}
