package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.device.QmpDevices;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.job.JobOptions;
import io.github.qmpreactive.job.JobProgress;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.migration.MigrationOptions;
import io.github.qmpreactive.migration.MigrationProgress;
import io.github.qmpreactive.migration.QmpMigration;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What takes its time at one machine. The console follows it to its end, whether a browser looks or not. */
final class Tasks {

    private static final Duration OFTEN = Duration.ofMillis(500);

    /** A mirror that is ready waits for {@code job-complete}: then the device uses the copy. */
    private static final JobOptions JOB = JobOptions.defaults().interval(OFTEN).whenReady(JobOptions.WhenReady.WAIT);

    private static final MigrationOptions MIGRATION =
            MigrationOptions.defaults().interval(OFTEN);

    private static final Pattern NAME = Pattern.compile("[\\w.#-]{1,64}");

    private final Vm vm;
    private final TaskList list = new TaskList();

    Tasks(Vm vm) {
        this.vm = vm;
    }

    /** Whether a command starts one job, by whose id it is followed. */
    static boolean isJob(QmpCommand start) {
        return !start.name().equals("transaction") && QmpJobs.starts(start);
    }

    /** Starts a job, and follows it over lost sessions. */
    String job(QmpSession session, QmpCommand start) {
        // QEMU may know ids of an earlier start of the console.
        String id = start.arguments().path("job-id").asString(newId("console"));
        QmpCommand named = start.arguments(start.arguments().put("job-id", id));
        Flux<JobProgress> job =
                overSessions(session, start.name(), QmpJobs.of(session).run(named, JOB), next -> QmpJobs.of(next)
                        .follow(id, JOB));
        begin(
                Task.begun(id, "job", title(start, id)),
                job.map(now -> task -> task.now(now.status(), orNull(now.fraction()))));
        return id;
    }

    /** By the nodes that it works on, if it names some. What is no name may be a path. */
    static String title(QmpCommand start, String id) {
        JsonNode arguments = start.arguments();
        String what = Stream.of("device", "node-name", "tag")
                .map(member -> arguments.path(member).asString(""))
                .filter(NAME.asMatchPredicate())
                .findFirst()
                .orElse(id);
        String target =
                start.name().startsWith("blockdev-") ? arguments.path("target").asString("") : "";
        return start.name() + " " + what + (NAME.matcher(target).matches() ? " to " + target : "");
    }

    /** Unplugs a device. */
    String unplug(QmpSession session, String device) {
        String id = newId("unplug");
        Task task = Task.begun(id, "unplug", "Unplug " + device).now("waiting for the guest", null);
        begin(task, QmpDevices.of(session).remove(device).thenMany(Flux.empty()));
        return id;
    }

    /** Moves the guest to another machine, which waits for one, and follows that over lost sessions of the source. */
    String migrate(QmpSession source, QmpSession destination, String to, String address) {
        String id = newId("migration");
        Flux<MigrationProgress> moved = overSessions(
                source,
                "migrate",
                QmpMigration.of(source).withDestination(destination).to(address, MIGRATION),
                next -> QmpMigration.of(next).withDestination(destination).follow(MIGRATION));
        begin(
                Task.begun(id, "migration", "Move to " + to),
                QmpMigration.of(destination)
                        .incoming(address)
                        .thenMany(moved)
                        .map(now -> task -> task.now(now.status(), orNull(now.fraction()))));
        return id;
    }

    /**
     * QEMU goes on without a session. Without being followed again, a migration would stop before the switch, and the guest. What was
     * not sent before the session was lost is not followed: another job or migration may be found in its place.
     */
    private <T> Flux<T> overSessions(
            QmpSession session, String command, Flux<T> work, Function<QmpSession, Flux<T>> follow) {
        return Flux.defer(() -> {
            boolean mayBegin = session.state() == SessionState.RUNNING;
            AtomicBoolean hasBegun = new AtomicBoolean();
            return work.doOnNext(progress -> hasBegun.set(true))
                    .onErrorResume(
                            e -> isLost(e) && (hasBegun.get() || mayBegin && mayHaveBegun(command, e)),
                            e -> followed(follow));
        });
    }

    private <T> Flux<T> followed(Function<QmpSession, Flux<T>> follow) {
        return vm.nextSession()
                .flatMapMany(session -> follow.apply(session).onErrorResume(Tasks::isLost, e -> followed(follow)));
    }

    private static boolean isLost(Throwable e) {
        return e instanceof QmpError error && error.endsSession();
    }

    private static boolean mayHaveBegun(String command, Throwable e) {
        return !(e instanceof ExecInterruptedError interrupted)
                || interrupted.isWritten() && interrupted.command().equals(command);
    }

    /** Cancels a job or a migration; a device that the guest was asked for cannot be asked back. */
    Mono<Void> cancel(QmpSession session, String id) {
        Task task = list.get(id);
        if (task == null || task.ended()) {
            return Mono.empty();
        }
        return switch (task.kind()) {
            case "job" -> QmpJobs.of(session).cancel(id);
            case "migration" -> QmpMigration.of(session).cancel().then();
            default -> Mono.empty();
        };
    }

    private void begin(Task task, Flux<UnaryOperator<Task>> progress) {
        if (!list.begin(task)) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, task.id() + " is under way already");
        }
        show();
        progress.subscribe(
                change -> put(task.id(), change),
                e -> put(task.id(), now -> now.failed(isCancelled(e) ? "cancelled" : "failed", Words.of(e))),
                () -> put(task.id(), Task::done));
    }

    private void put(String id, UnaryOperator<Task> change) {
        list.change(id, change);
        show();
    }

    private void show() {
        vm.change(state -> state.withTasks(list.newestFirst()));
    }

    private static boolean isCancelled(Throwable e) {
        return e instanceof JobCancelledError || e instanceof MigrationCancelledError;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static String newId(String kind) {
        return kind + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
