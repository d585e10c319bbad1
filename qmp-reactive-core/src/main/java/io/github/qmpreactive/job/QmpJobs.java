package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Follows jobs of QEMU to their end. Block jobs (mirror, backup, stream, commit), {@code blockdev-create}, {@code
 * x-blockdev-amend} and snapshots are jobs. All publishers are cold.
 *
 * <pre>{@code
 * QmpJobs.of(session).run(QmpCommand.of("blockdev-backup")
 *         .arguments(Map.of("device", "disk0", "target", "copy0", "sync", "full")))
 * }</pre>
 *
 * <p>What QEMU does with a job is in its documentation of {@code JobStatus} and {@code JobVerb} (qapi/job.json). A
 * {@link io.github.qmpreactive.error.JobError} leaves the session open.
 */
public final class QmpJobs {

    private final QmpSession session;
    private final JobVerbs verbs;

    private QmpJobs(QmpSession session) {
        this.session = session;
        this.verbs = new JobVerbs(session);
    }

    /**
     * The jobs of the QEMU at the other end of a session, with QEMU 3.1 or later.
     *
     * @param session the session; it stays the caller's
     * @return what can be done with them
     */
    public static QmpJobs of(QmpSession session) {
        return new QmpJobs(Objects.requireNonNull(session, "session"));
    }

    /**
     * Tells whether {@link #run(QmpCommand)} takes a command, for applications that run any: a console, a gateway.
     *
     * @param command the command, with its arguments
     * @return whether it is known to start a job, or has a {@code job-id}; of a {@code transaction}, whether one of its actions
     *     does
     */
    public static boolean starts(QmpCommand command) {
        return !JobStart.of(command).types().isEmpty();
    }

    /**
     * Starts a job and follows it to its end, with the defaults; as {@link #run(QmpCommand, JobOptions)}.
     *
     * @param start the command, for example {@code blockdev-mirror}
     * @return the progress of the job
     * @throws IllegalArgumentException if the command is not known to start a job, and has no {@code job-id}
     */
    public Flux<JobProgress> run(QmpCommand start) {
        return run(start, JobOptions.defaults());
    }

    /**
     * Starts a job and follows it to its end. Each subscription starts one. A {@code transaction} with actions that
     * start jobs is followed as one: what is emitted and the errors name the job.
     *
     * <ul>
     *   <li>Sends the command with an id of its own if it has no {@code job-id}, and with {@code auto-dismiss: false}
     *       unless it has that argument, where QEMU permits it: the outcome waits in QEMU until it is read.
     *   <li>Emits each change of the status, and how much is done at the {@link JobOptions#interval interval}. A
     *       subscriber that requests less gets the latest, and delays nothing.
     *   <li>Completes when the job has concluded without an error and is dismissed; of a transaction, when all have.
     *   <li>Errors with {@link io.github.qmpreactive.error.JobFailedError} if the job fails, and with {@link
     *       io.github.qmpreactive.error.JobCancelledError} if it was cancelled, when it is dismissed. Of a transaction,
     *       when all jobs have ended: with the error of the first that failed, else of the first that was cancelled.
     *   <li>Errors with {@link io.github.qmpreactive.error.JobNotFoundError} if the job has vanished and its outcome is
     *       unknown: another client has dismissed it, or it has dismissed itself while no session followed it.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)} if the command fails; {@code
     *       ExecInterruptedError.isWritten()} tells whether the job may have started. If its time limit passes after it
     *       was written, the job decides: the reply to {@code snapshot-save} comes when all is saved. The limit is the
     *       error only if no job was created.
     *   <li>Errors with the cause if the session is lost before the outcome is known, and with {@link
     *       io.github.qmpreactive.error.StateError} if it ends otherwise. The job goes on: {@link #follow(String)} it on
     *       the next session. If the outcome is known, that is what it ends with; the job may be left to {@link #dismiss}.
     *   <li>Errors with {@link io.github.qmpreactive.error.ExecuteError} if QEMU refuses, twice, to complete a job that is
     *       ready, for example because the target cannot be switched to. The job goes on.
     *   <li>On cancel: a command that waits for its turn is not sent. Else the job is left alone; it stays in QEMU until
     *       {@link #follow} or {@link #dismiss}. With {@link JobOptions#cancelJobOnCancel()} it is cancelled, and
     *       dismissed.
     *   <li>Thread: the event loop of the session. Refusals, and what arrives before {@code subscribe()} returns, may
     *       come on the subscriber's.
     * </ul>
     *
     * @param start the command
     * @param options what happens when the job is ready or the subscription is cancelled, and how often figures come
     * @return the progress of the job
     * @throws IllegalArgumentException if the command is not known to start a job, and has no {@code job-id}
     */
    public Flux<JobProgress> run(QmpCommand start, JobOptions options) {
        JobStart.check(start);
        return JobFollower.run(session, start, Objects.requireNonNull(options, "options"));
    }

    /**
     * Follows a job to its end, with the defaults; as {@link #follow(String, JobOptions)}.
     *
     * @param id its id
     * @return the progress of the job
     */
    public Flux<JobProgress> follow(String id) {
        return follow(id, JobOptions.defaults());
    }

    /**
     * Follows a job that was started before, on this session or another, by this client or another.
     *
     * <ul>
     *   <li>Emits how it is, then as {@link #run(QmpCommand, JobOptions)}.
     *   <li>Completes, or errors, as {@code run} does, and dismisses the job; at once if it has concluded already.
     *   <li>Errors with {@link io.github.qmpreactive.error.JobNotFoundError} if QEMU does not know it.
     *   <li>On cancel: as {@code run}.
     * </ul>
     *
     * @param id its id
     * @param options as for {@code run}
     * @return the progress of the job
     */
    public Flux<JobProgress> follow(String id, JobOptions options) {
        return JobFollower.follow(session, Objects.requireNonNull(id, "id"), options, true);
    }

    /**
     * Dumps the memory of the guest, and follows that to its end. QEMU does not count a dump among its jobs.
     *
     * <ul>
     *   <li>Sends the command with {@code detach: true} unless it has that argument: without it, QEMU answers no command in
     *       band before the dump is complete.
     *   <li>Emits the status of the dump, in QEMU's words of {@code query-dump} ({@code active}, {@code completed}, {@code
     *       failed}), and how many bytes are written, once a second and at the end. {@code id} and {@code type} are {@code
     *       dump-guest-memory}.
     *   <li>Completes one second after the dump, and waits up to ten more for the guest to run again if it ran before: QEMU
     *       7.2 to 11.1 may abort if the next dump starts while they clean up after one. A dump that another client starts
     *       within that second is taken for this one: QEMU does not tell them apart.
     *   <li>Errors with {@link io.github.qmpreactive.error.JobFailedError} if the dump fails, a second later, too; with {@code
     *       detach: false} at once, with {@link io.github.qmpreactive.error.ExecuteError}.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)} if the command fails, also while another dump is under way, and
     *       if the session ends. The dump goes on: {@link #followDump} on the next session.
     *   <li>On cancel: a command that waits for its turn is not sent. Else the dump goes on; QEMU cannot cancel it.
     *   <li>Thread: as {@link #run}.
     * </ul>
     *
     * @param command {@code dump-guest-memory} with its arguments
     * @return the progress of the dump
     * @throws IllegalArgumentException if it is another command
     */
    public Flux<JobProgress> dump(QmpCommand command) {
        return DumpFollower.run(session, command);
    }

    /**
     * Follows the latest dump of the guest's memory, which was started before, on this session or another.
     *
     * <ul>
     *   <li>Emits, completes and errors as {@link #dump}; also if the dump has ended already. {@code reason()} of the {@link
     *       io.github.qmpreactive.error.JobFailedError} is empty if it had failed before: only QEMU's event tells it.
     *   <li>Errors with {@link io.github.qmpreactive.error.JobNotFoundError} if QEMU has not dumped since it was started.
     *   <li>On cancel: the dump goes on.
     * </ul>
     *
     * @return the progress of the dump
     */
    public Flux<JobProgress> followDump() {
        return DumpFollower.follow(session);
    }

    /**
     * The jobs that QEMU knows, those that have concluded and are not dismissed included.
     *
     * @return emits each, newest first, and completes; errors as {@link QmpSession#execute(QmpCommand)}
     */
    public Flux<JobProgress> list() {
        return JobCommands.limited(session).query().flatMapIterable(Map::values);
    }

    /**
     * Completes a job that is ready ({@code job-complete}): of a mirror, the device switches to the target.
     *
     * <ul>
     *   <li>Completes when QEMU has accepted it: {@link #run} and {@link #follow} tell when the job has ended. Also if
     *       the job has ended, or is about to end, without an error.
     *   <li>Errors with {@link io.github.qmpreactive.error.JobFailedError} or {@link
     *       io.github.qmpreactive.error.JobCancelledError} if the job has ended so, with {@link
     *       io.github.qmpreactive.error.JobNotFoundError} if QEMU does not know it, else as {@link
     *       QmpSession#execute(QmpCommand)}.
     *   <li>On cancel: as {@code execute}.
     * </ul>
     *
     * @param id its id
     * @return completes or errors as above
     */
    public Mono<Void> complete(String id) {
        return verbs.run("job-complete", id);
    }

    /**
     * Cancels a job ({@code job-cancel}). Of a job that is ready, too, the target is not guaranteed to be a copy then:
     * see {@link JobOptions.WhenReady#CANCEL}.
     *
     * @param id its id
     * @return completes when QEMU has accepted it, and also if the job has ended or is about to abort: {@link #run} and
     *     {@link #follow} tell how it ended. Errors with {@link io.github.qmpreactive.error.JobNotFoundError} if QEMU does
     *     not know it, else as {@link QmpSession#execute(QmpCommand)}
     */
    public Mono<Void> cancel(String id) {
        return verbs.cancel(id);
    }

    /**
     * Pauses a job ({@code job-pause}).
     *
     * @param id its id
     * @return completes and errors as {@link #complete}; errors with {@link io.github.qmpreactive.error.ExecuteError} if
     *     it was asked to pause already
     */
    public Mono<Void> pause(String id) {
        return verbs.run("job-pause", id);
    }

    /**
     * Resumes a job that was asked to pause, or that an error has paused ({@code job-resume}).
     *
     * @param id its id
     * @return completes and errors as {@link #complete}; errors with {@link io.github.qmpreactive.error.ExecuteError} if
     *     it is not paused
     */
    public Mono<Void> resume(String id) {
        return verbs.run("job-resume", id);
    }

    /**
     * Lets a job that is pending, since it was started with {@code auto-finalize: false}, do its last step ({@code
     * job-finalize}). Of the jobs of a transaction with one completion, all do.
     *
     * @param id its id
     * @return completes and errors as {@link #complete}
     */
    public Mono<Void> finish(String id) {
        return verbs.run("job-finalize", id);
    }

    /**
     * Removes a job that has concluded from QEMU ({@code job-dismiss}); its id can be used again.
     *
     * @param id its id
     * @return completes when it is removed. Errors with {@link io.github.qmpreactive.error.JobNotFoundError} if QEMU does
     *     not know it, else as {@link QmpSession#execute(QmpCommand)}
     */
    public Mono<Void> dismiss(String id) {
        return verbs.dismiss(id);
    }
}
