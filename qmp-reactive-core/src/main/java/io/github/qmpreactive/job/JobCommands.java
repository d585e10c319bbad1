package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The commands of QEMU that are about jobs. */
final class JobCommands {

    private final QmpSession session;
    private final UnaryOperator<QmpCommand> limit;

    private JobCommands(QmpSession session, UnaryOperator<QmpCommand> limit) {
        this.session = session;
        this.limit = limit;
    }

    /** Commands of the caller's, with the limit that the client has. */
    static JobCommands limited(QmpSession session) {
        return new JobCommands(session, UnaryOperator.identity());
    }

    /** Commands without a limit: while a snapshot is saved, QEMU answers nothing in band, and that is no failure. */
    static JobCommands patient(QmpSession session) {
        return new JobCommands(session, Operations::patient);
    }

    QmpCommand queryCommand() {
        return command("query-jobs");
    }

    QmpCommand command(String name) {
        return limit.apply(QmpCommand.of(name));
    }

    /** All jobs by their ids, in QEMU's order. */
    Mono<Map<String, JobProgress>> query() {
        return session.execute(queryCommand()).map(reply -> {
            Map<String, JobProgress> jobs = new LinkedHashMap<>();
            for (JsonNode info : reply) {
                JobProgress job = JobProgress.of(info);
                jobs.put(job.id(), job);
            }
            return jobs;
        });
    }

    /** Runs one of the commands {@code job-*}. */
    Mono<Void> run(String command, String id) {
        return run(command, "id", id);
    }

    /** Ends a job that is ready, without switching to its target; job-cancel would abort it. */
    Mono<Void> endWithoutPivot(String id) {
        return run("block-job-cancel", "device", id);
    }

    /** Dismisses a job that has concluded, unless another client did. */
    Mono<Void> dismiss(String id) {
        return run("job-dismiss", id).onErrorResume(ExecuteError.class, refusal -> query().flatMap(
                        jobs -> jobs.containsKey(id) ? Mono.error(refusal) : Mono.empty()));
    }

    private Mono<Void> run(String command, String member, String id) {
        return session.execute(limit.apply(QmpCommand.of(command).arguments(Map.of(member, id))))
                .then();
    }
}
