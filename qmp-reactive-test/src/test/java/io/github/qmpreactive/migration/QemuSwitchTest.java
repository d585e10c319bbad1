package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.MigrationPair.options;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("A migration between two real QEMUs that is cancelled around its switch")
class QemuSwitchTest {

    private static final int ROUNDS = Integer.getInteger("qmp.migration.rounds", 16);
    private static final List<String> MOMENTS = List.of("active", "pre-switchover", "device");
    private static final int LONGEST_NANOS = 3_000_000;

    /** A second apart from each other. */
    private static final int LOOKS = 10;

    /** A cancel some time after a status has come, and before the next has, or not. */
    private record Round(String moment, Duration delay, boolean byVerb) {

        static Round of(Random random) {
            return new Round(
                    MOMENTS.get(random.nextInt(MOMENTS.size())),
                    Duration.ofNanos(random.nextInt(LONGEST_NANOS)),
                    random.nextBoolean());
        }

        /** Errors only if something else goes wrong. */
        Mono<Void> run(MigrationPair pair, MigrationOptions options) {
            Sinks.Empty<Void> come = Sinks.empty();
            Mono<Void> then = come.asMono().then(Mono.delay(delay)).then();
            Flux<MigrationProgress> migration = pair.both()
                    .to(pair.uri, options)
                    .doOnNext(now -> {
                        if (now.status().equals(moment)) {
                            come.tryEmitEmpty();
                        }
                    })
                    .doFinally(end -> come.tryEmitEmpty())
                    .onErrorComplete(MigrationError.class);
            return byVerb
                    ? Mono.when(
                            migration, then.then(QmpMigration.of(pair.source).cancel()))
                    : Mono.using(
                            () -> migration.subscribeWith(new BaseSubscriber<>() {}),
                            subscriber -> then,
                            BaseSubscriber::cancel);
        }
    }

    @Test
    @DisplayName("leaves the guest at one of the two, whenever that is")
    void oneGuest() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Round round = Round.of(random);
            try (MigrationPair pair = MigrationPair.start().listening(options())) {
                Mono<Boolean> ends = round.run(pair, options())
                        .then(QmpMigration.of(pair.source)
                                .follow()
                                .onErrorComplete(MigrationError.class)
                                .then())
                        .then(QmpMigration.of(pair.destination)
                                .awaitIncoming()
                                .onErrorComplete(MigrationError.class)
                                .then())
                        .thenReturn(false)
                        .timeout(
                                Patience.PATIENCE,
                                Mono.error(() -> new AssertionError(round + " has not ended; seed " + seed)));
                boolean isStuck = Mono.firstWithSignal(ends, isStuck(pair.source))
                        .blockOptional()
                        .orElseThrow();
                if (isStuck) {
                    assertFalse(runs(pair, false), () -> round + "; seed " + seed);
                    continue;
                }
                boolean isAtSource = runs(pair, true);
                boolean isAtDestination = runs(pair, false);
                assertEquals(
                        isAtSource ? 1 : 0,
                        isAtDestination ? 0 : 1,
                        () -> round + ": the guest runs at the source: " + isAtSource + ", at the destination: "
                                + isAtDestination + "; seed " + seed);
            }
        }
    }

    /**
     * QEMU before 10.0 stays in cancelling, with the guest stopped, if a cancel comes just when it goes to pre-switchover. What ends
     * does so in some milliseconds.
     */
    private static Mono<Boolean> isStuck(QmpSession source) {
        if (source.greeting().orElseThrow().version().major() >= 10) {
            return Mono.never();
        }
        return Flux.interval(Duration.ofSeconds(1))
                .onBackpressureDrop()
                .concatMap(tick -> source.execute("query-migrate").onErrorComplete(), 1)
                .map(migration -> migration.path("status").asString(""))
                .buffer(LOOKS, 1)
                .filter(seen -> seen.equals(Collections.nCopies(LOOKS, "cancelling")))
                .map(seen -> true)
                .next()
                .switchIfEmpty(Mono.never());
    }

    private static boolean runs(MigrationPair pair, boolean atSource) {
        return Boolean.TRUE.equals(MigrationPair.state(atSource ? pair.source : pair.destination)
                .map(state -> state.equals("running"))
                .onErrorReturn(failure -> !atSource, false)
                .block(Patience.PATIENCE));
    }
}
