package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.QmpScript;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A conversation about jobs, as QEMU has it. */
record JobScript(QmpScript script) {

    /** Figures at the beginning and at the end alone: what comes in between would be by the clock. */
    static final JobOptions QUIET = JobOptions.defaults().interval(ChronoUnit.FOREVER.getDuration());

    static final QmpCommand MIRROR = QmpCommand.of("blockdev-mirror")
            .arguments(Map.of("job-id", "j0", "device", "src", "target", "dst", "sync", "full"));

    static final QmpCommand BACKUP = QmpCommand.of("blockdev-backup")
            .arguments(Map.of("job-id", "j0", "device", "src", "target", "dst", "sync", "full"));

    static final QmpCommand BACKUP_WITH_AUTO_DISMISS = BACKUP.arguments(Map.of("job-id", "j0", "auto-dismiss", true));

    static final QmpCommand CREATE = QmpCommand.of("blockdev-create")
            .arguments(Map.of("job-id", "j0", "options", Map.of("driver", "file", "filename", "x", "size", 1)));

    static {
        StepVerifier.setDefaultTimeout(Patience.PATIENCE);
    }

    /** The client listens, by a query whose reply does not count, and sends what starts a job. */
    static JobScript starting(QmpCommand start) {
        return listening().expect(start);
    }

    static JobScript listening() {
        return new JobScript(QmpScript.create()).queried();
    }

    /** The same command, as the client is to complete it. */
    static QmpCommand kept(QmpCommand start) {
        return start.arguments(start.arguments().put("auto-dismiss", false));
    }

    static String info(String type, String status, int current, int total) {
        return "{\"id\": \"j0\", \"type\": \"" + type + "\", \"status\": \"" + status + "\", \"current-progress\": "
                + current + ", \"total-progress\": " + total + "}";
    }

    static String failed(String type, String error) {
        return info(type, "concluded", 1, 1).replace("}", ", \"error\": \"" + error + "\"}");
    }

    JobScript expect(QmpCommand command) {
        return new JobScript(script.expect(command));
    }

    JobScript replied() {
        return new JobScript(script.reply("{}"));
    }

    JobScript refused(String description) {
        return new JobScript(script.error("GenericError", description));
    }

    /** The job j0 passes these, one after the other. */
    JobScript status(String... statuses) {
        return statusOf("j0", statuses);
    }

    JobScript statusOf(String id, String... statuses) {
        QmpScript all = script;
        for (String status : statuses) {
            all = all.emit("JOB_STATUS_CHANGE", "{\"id\": \"" + id + "\", \"status\": \"" + status + "\"}");
        }
        return new JobScript(all);
    }

    /** One of the events BLOCK_JOB_*, which have the id as device. */
    JobScript event(String name, String type) {
        return eventOf("j0", name, type);
    }

    JobScript eventOf(String id, String name, String type) {
        return new JobScript(script.emit(
                "BLOCK_JOB_" + name,
                "{\"device\": \"" + id + "\", \"type\": \"" + type + "\", \"len\": 8, \"offset\": 8, \"speed\": 0}"));
    }

    JobScript completedWithError(String type, String error) {
        return new JobScript(script.emit(
                "BLOCK_JOB_COMPLETED",
                "{\"device\": \"j0\", \"type\": \"" + type
                        + "\", \"len\": 8, \"offset\": 4, \"speed\": 0, \"error\": \"" + error + "\"}"));
    }

    /** Query-jobs comes, and is answered. */
    JobScript queried(String... infos) {
        return new JobScript(script.expect("query-jobs").reply("[" + String.join(", ", infos) + "]"));
    }

    /** A command that came before is answered. */
    JobScript answered(String command) {
        return new JobScript(script.answerTo(command, Answer.reply("{}")));
    }

    /** A command for j0 comes. */
    JobScript verb(String command) {
        return verbOf("j0", command);
    }

    JobScript verbOf(String id, String command) {
        return expect(QmpCommand.of(command).arguments(Map.of("id", id)));
    }

    /** The job is dismissed: the event comes first. */
    JobScript dismissed() {
        return verb("job-dismiss").status("null").replied();
    }

    JobScript closed() {
        return new JobScript(script.close());
    }

    RunningFakeQmpServer start() {
        return FakeQmpServer.create().script(script).startUnix();
    }

    static QmpSession connect(RunningFakeQmpServer qemu) {
        return connect(QmpClient.create().address(qemu.address()).name("vm"));
    }

    static QmpSession connect(QmpClient client) {
        return Objects.requireNonNull(client.connect().block(Patience.PATIENCE));
    }

    static QmpJobs jobs(RunningFakeQmpServer qemu) {
        return QmpJobs.of(connect(qemu));
    }

    /** Waits until the queue has room. The fake has to know stop. */
    static void awaitRoom(QmpSession session) {
        Patience.until(() -> answers(session), () -> "the queue is still full");
    }

    private static boolean answers(QmpSession session) {
        return Boolean.TRUE.equals(session.execute("stop")
                .thenReturn(true)
                .onErrorReturn(CommandQueueFullError.class, false)
                .block(Patience.PATIENCE));
    }

    /** The statuses alone, each once. */
    static Flux<String> statuses(Flux<JobProgress> progress) {
        return progress.map(JobProgress::status).distinctUntilChanged();
    }
}
