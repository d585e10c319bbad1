package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Pieces that a user puts into a program of their own. */
final class JobSnippets {

    // snippet: job
    Mono<Void> backUp(QmpSession session, DoubleConsumer progressBar) {
        QmpCommand backup = QmpCommand.of("blockdev-backup")
                .arguments(Map.of("device", "disk0", "target", "copy0", "sync", "full"));
        return QmpJobs.of(session)
                .run(backup)
                .doOnNext(job -> job.fraction().ifPresent(progressBar))
                .then(); // completes when the copy is complete, and errors with QEMU's reason when it is not
    }
    // end

    // snippet: job-again
    Mono<Void> move(QmpClient client, QmpCommand mirror, String jobId) { // jobId is the job-id of the mirror
        return client.use(session -> QmpJobs.of(session).run(mirror).then())
                .onErrorResume(e -> e instanceof QmpError error && error.endsSession(), lost -> client.use(
                                session -> QmpJobs.of(session).follow(jobId).then())
                        .retryWhen(Retry.backoff(20, Duration.ofMillis(100))
                                .filter(e -> e instanceof QmpError error && error.isTemporary())));
    }
    // end

    // snippet: transaction
    Mono<Void> backUpTogether(QmpSession session, Map<String, String> targets) { // each disk's copy is of one moment
        List<?> actions = targets.entrySet().stream()
                .map(disk -> Map.of(
                        "type",
                        "blockdev-backup",
                        "data",
                        Map.of("device", disk.getKey(), "target", disk.getValue(), "sync", "full")))
                .toList();
        QmpCommand transaction = QmpCommand.of("transaction")
                .arguments(Map.of("actions", actions, "properties", Map.of("completion-mode", "grouped")));
        return QmpJobs.of(session).run(transaction).then(); // errors with the job that failed; the others are cancelled
    }
    // end

    // snippet: dump
    Mono<Void> dump(QmpSession session, Path file) {
        QmpCommand dump =
                QmpCommand.of("dump-guest-memory").arguments(Map.of("paging", false, "protocol", "file:" + file));
        return QmpJobs.of(session).dump(dump).then();
    }
    // end
}
