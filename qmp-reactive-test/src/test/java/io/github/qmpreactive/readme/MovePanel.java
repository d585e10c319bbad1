package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.migration.QmpMigration;
import reactor.core.publisher.Flux;

// snippet: move-panel
/** Moves a guest to another machine, and tells a progress bar how far it is and how it ended. */
record MovePanel(QmpClient source, QmpClient destination) {

    Flux<String> move(String uri) {
        return source.withSession(from -> destination.withSession(to -> QmpMigration.of(to)
                        .incoming(uri)
                        .thenMany(QmpMigration.of(from).withDestination(to).to(uri))))
                .filter(now -> now.fraction().isPresent())
                .map(now -> Math.round(100 * now.fraction().getAsDouble()) + " %")
                .distinctUntilChanged()
                .concatWithValues("moved")
                .onErrorResume(MigrationFailedError.class, e -> Flux.just("stays: " + e.reason()));
    }
}
// end
