package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobNotFoundError;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * What can be asked of a job. QEMU refuses what comes too late; then the end of the job decides: {@code job-*} say "Job
 * not found" or "in state 'concluded' cannot accept command verb" then, texts that are not looked at.
 */
final class JobVerbs {

    private static final String CANCEL = "job-cancel";
    private static final String DISMISS = "job-dismiss";
    private static final Set<String> SUCCEEDING = Set.of("waiting", "pending");

    private static final Duration WITHOUT_FIGURES = Duration.ofHours(1);

    private final QmpSession session;
    private final JobCommands commands;

    JobVerbs(QmpSession session) {
        this.session = session;
        this.commands = JobCommands.limited(session);
    }

    Mono<Void> cancel(String id) {
        return run(CANCEL, id);
    }

    Mono<Void> dismiss(String id) {
        return run(DISMISS, id);
    }

    Mono<Void> run(String command, String id) {
        return commands.run(command, id)
                .onErrorResume(
                        ExecuteError.class,
                        refusal -> refusal.errorClass().equals("CommandNotFound")
                                ? Mono.error(refusal)
                                : commands.query()
                                        .flatMap(jobs ->
                                                decide(command, id, refusal, Optional.ofNullable(jobs.get(id)))));
    }

    private Mono<Void> decide(String command, String id, ExecuteError refusal, Optional<JobProgress> found) {
        String status = found.map(JobProgress::status).orElse("null");
        if (status.equals("null")) {
            return Mono.error(new JobNotFoundError(
                    "[" + session.name() + "] The job " + id + " is not known to QEMU: it never existed, or has ended"
                            + " and was dismissed",
                    id,
                    refusal));
        }
        boolean ends = status.equals("aborting") || status.equals("concluded");
        boolean succeeds = command.equals("job-complete") && SUCCEEDING.contains(status);
        if (succeeds || (ends && command.equals(CANCEL))) {
            return Mono.empty();
        }
        if (command.equals(DISMISS) || !ends) {
            return Mono.error(refusal);
        }
        if (status.equals("concluded")) {
            // What follows it may dismiss it at any moment.
            JobState state = new JobState(id, "");
            state.onQuery(found.orElseThrow());
            return Mono.justOrEmpty(state.outcome("[" + session.name() + "] ")).flatMap(Mono::error);
        }
        JobOptions patient =
                JobOptions.defaults().whenReady(JobOptions.WhenReady.WAIT).interval(WITHOUT_FIGURES);
        return JobFollower.follow(session, id, patient, false).then();
    }
}
