package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

// snippet: backup-panel
/** Backs up a disk, and tells a progress bar how far it is and how it ended. */
record BackupPanel(QmpClient client) {

    Flux<String> backUp() {
        QmpCommand backup = QmpCommand.of("blockdev-backup")
                .arguments(Map.of("job-id", "job0", "device", "disk0", "target", "copy0", "sync", "full"));
        return client.withSession(vm -> QmpJobs.of(vm).run(backup))
                .map(job -> Math.round(100 * job.fraction().orElse(0)) + " %")
                .distinctUntilChanged()
                .concatWithValues("done")
                .onErrorResume(JobFailedError.class, e -> Mono.just("failed: " + e.reason()));
    }
}
// end
