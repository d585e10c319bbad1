package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.failed;
import static io.github.qmpreactive.job.JobScript.info;
import static io.github.qmpreactive.job.JobScript.jobs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.test.QmpScript;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("What a job is asked for")
class JobVerbsTest {

    private interface Verb extends BiFunction<QmpJobs, String, Mono<Void>> {}

    private static final Verb COMPLETE = QmpJobs::complete;
    private static final Verb CANCEL = QmpJobs::cancel;
    private static final Verb DISMISS = QmpJobs::dismiss;

    static Stream<Arguments> verbs() {
        return Stream.of(
                Arguments.of("job-complete", COMPLETE),
                Arguments.of("job-cancel", CANCEL),
                Arguments.of("job-dismiss", DISMISS),
                Arguments.of("job-pause", (Verb) QmpJobs::pause),
                Arguments.of("job-resume", (Verb) QmpJobs::resume),
                Arguments.of("job-finalize", (Verb) QmpJobs::finish));
    }

    private static JobScript begin() {
        return new JobScript(QmpScript.create());
    }

    private static void check(Verb verb, JobScript script, @Nullable Class<? extends Throwable> error) {
        try (RunningFakeQmpServer qemu = script.start()) {
            Mono<Void> asked = verb.apply(jobs(qemu), "j0");
            StepVerifier.FirstStep<Void> step = StepVerifier.create(asked);
            if (error == null) {
                step.verifyComplete();
            } else {
                step.verifyError(error);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    @DisplayName("is QEMU's command, and completes with its reply")
    void accepted(String command, Verb verb) {
        check(verb, begin().verb(command).replied(), null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    @DisplayName("errors with JobNotFoundError if QEMU does not know the job, and with its refusal as the cause")
    void unknown(String command, Verb verb) {
        try (RunningFakeQmpServer qemu =
                begin().verb(command).refused("Job not found").queried().start()) {
            StepVerifier.create(verb.apply(jobs(qemu), "j0")).verifyErrorSatisfies(e -> {
                JobNotFoundError error = assertInstanceOf(JobNotFoundError.class, e);
                assertEquals("j0", error.job());
                assertInstanceOf(ExecuteError.class, error.getCause());
            });
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    @DisplayName("errors with QEMU's refusal while the job goes on")
    void refused(String command, Verb verb) {
        check(verb, begin().verb(command).refused("no").queried(info("mirror", "running", 4, 8)), ExecuteError.class);
    }

    @Test
    @DisplayName("refused since the job has ended meanwhile has the job's end as its outcome")
    void decidedByTheEnd() {
        JobScript late = begin().verb("job-complete").refused("in state 'concluded' cannot accept");
        JobScript succeeded = late.queried(info("mirror", "concluded", 8, 8));
        check(COMPLETE, succeeded, null);
        check(COMPLETE, late.queried(failed("mirror", "x")), JobFailedError.class);
        check(COMPLETE, late.queried(failed("mirror", "Operation canceled")), JobCancelledError.class);
        check(COMPLETE, late.queried(info("mirror", "pending", 8, 8)), null);
    }

    @Test
    @DisplayName("refused since the job is about to abort waits for its end")
    void waitsForTheEnd() {
        JobScript script = begin().verb("job-complete")
                .refused("in state 'aborting' cannot accept")
                .queried(info("mirror", "aborting", 4, 8))
                .queried()
                .queried(info("mirror", "aborting", 4, 8))
                .completedWithError("mirror", "Input/output error")
                .status("concluded")
                .queried(failed("mirror", "Input/output error"));
        check(COMPLETE, script, JobFailedError.class);
    }

    @Test
    @DisplayName("is to cancel: complete if the job has ended, however, or is about to abort")
    void cancel() {
        JobScript late = begin().verb("job-cancel").refused("in state 'concluded' cannot accept");
        check(CANCEL, late.queried(info("mirror", "concluded", 8, 8)), null);
        check(CANCEL, late.queried(failed("mirror", "x")), null);
        check(CANCEL, late.queried(info("mirror", "aborting", 8, 8)), null);
        check(CANCEL, late.queried(info("mirror", "pending", 8, 8)), ExecuteError.class);
    }
}
