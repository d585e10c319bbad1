package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.error.MigrationNotFoundError;
import io.github.qmpreactive.migration.MigrationOptions;
import io.github.qmpreactive.migration.MigrationProgress;
import io.github.qmpreactive.migration.QmpMigration;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Pieces that a user puts into a program of their own. */
final class MigrationSnippets {

    // snippet: migrate
    Mono<Void> move(QmpSession source, QmpSession destination, String uri, Consumer<Double> bar) {
        return QmpMigration.of(destination)
                .incoming(uri) // this QEMU was started with -incoming defer
                .thenMany(QmpMigration.of(source).withDestination(destination).to(uri))
                .doOnNext(now -> now.fraction().ifPresent(bar::accept))
                .then();
    }
    // end

    // snippet: migrate-with-work
    Flux<MigrationProgress> move(QmpMigration migration, String uri, Mono<Void> releaseDisks, Duration limit) {
        MigrationOptions options = MigrationOptions.defaults()
                .parameters(Map.of("max-bandwidth", 500_000_000)) // bytes per second
                .preSwitchover(releaseDisks.timeout(limit));
        return migration.to(uri, options);
    }
    // end

    // snippet: migrate-failed
    Mono<Boolean> hasMoved(Flux<MigrationProgress> migration) {
        return migration
                .then(Mono.just(true))
                .onErrorResume(
                        e -> e instanceof MigrationFailedError failed && failed.runsOn(),
                        e -> Mono.just(false)); // as before: try again with a new destination
    }
    // end

    // snippet: migrate-on-next-session
    Flux<MigrationProgress> goOn(QmpSession next, QmpSession destination, MigrationOptions options) {
        return QmpMigration.of(next)
                .withDestination(destination)
                .follow(options) // those that were given to "to"
                .onErrorResume(MigrationNotFoundError.class, e -> Flux.empty()); // it was not begun
    }
    // end
}
