package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.device.QmpDevices;
import io.github.qmpreactive.error.JobCancelledError;
import io.github.qmpreactive.error.MigrationCancelledError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.job.JobOptions;
import io.github.qmpreactive.job.JobProgress;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.migration.MigrationOptions;
import io.github.qmpreactive.migration.MigrationProgress;
import io.github.qmpreactive.migration.QmpMigration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What takes its time at one machine. The console follows it to its end, whether a browser looks or not. */
final class Tasks {

    private static final Duration OFTEN = Duration.ofMillis(500);
    private static final JobOptions JOB = JobOptions.defaults().interval(OFTEN);
    private static final MigrationOptions MIGRATION =
            MigrationOptions.defaults().interval(OFTEN);

    /** Of those that have ended. */
    private static final int KEPT = 5;

    private final Vm vm;
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private int last;

    Tasks(Vm vm) {
        this.vm = vm;
    }

    /** Starts a job, and follows it over lost sessions. */
    String job(QmpSession session, QmpCommand start) {
        String id = start.arguments().path("job-id").asString("console-" + next());
        QmpCommand named = start.arguments(start.arguments().put("job-id", id));
        begin(
                Task.begun(id, "job", start.name() + " " + id),
                afterAll(QmpJobs.of(session).run(named, JOB), id)
                        .map(job -> task -> task.now(job.status(), orNull(job.fraction()))));
        return id;
    }

    /** A job goes on without a session: it is found again in the next one. */
    private Flux<JobProgress> afterAll(Flux<JobProgress> job, String id) {
        return job.onErrorResume(e -> e instanceof QmpError error && error.endsSession(), e -> vm.nextSession()
                .flatMapMany(session -> afterAll(QmpJobs.of(session).follow(id, JOB), id)));
    }

    /** Unplugs a device. */
    String unplug(QmpSession session, String device) {
        String id = "unplug-" + next();
        Task task = Task.begun(id, "unplug", "Unplug " + device).now("waiting for the guest", null);
        begin(task, QmpDevices.of(session).remove(device).thenMany(Flux.empty()));
        return id;
    }

    /** Moves the guest to another machine, which waits for one. */
    String migrate(QmpSession source, QmpSession destination, String to, String address) {
        String id = "migration-" + next();
        Flux<MigrationProgress> moved = QmpMigration.of(destination)
                .incoming(address)
                .thenMany(QmpMigration.of(source).withDestination(destination).to(address, MIGRATION));
        begin(
                Task.begun(id, "migration", "Move to " + to),
                moved.map(now -> task -> task.now(now.status(), orNull(now.fraction()))));
        return id;
    }

    /** Cancels a job or a migration; a device that the guest was asked for cannot be asked back. */
    Mono<Void> cancel(QmpSession session, String id) {
        Task task = get(id);
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
        put(task.id(), now -> task);
        progress.subscribe(
                change -> put(task.id(), change),
                e -> put(task.id(), now -> now.failed(isCancelled(e) ? "cancelled" : "failed", Words.of(e))),
                () -> put(task.id(), Task::done));
    }

    private static boolean isCancelled(Throwable e) {
        return e instanceof JobCancelledError || e instanceof MigrationCancelledError;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private synchronized int next() {
        return ++last;
    }

    private synchronized @Nullable Task get(String id) {
        return tasks.get(id);
    }

    private synchronized void put(String id, UnaryOperator<Task> change) {
        Task before = tasks.get(id);
        Task task = change.apply(before != null ? before : Task.begun(id, "", ""));
        tasks.put(id, task);
        if (tasks.values().stream().filter(Task::ended).count() > KEPT) {
            tasks.values().stream().filter(Task::ended).findFirst().ifPresent(oldest -> tasks.remove(oldest.id()));
        }
        vm.change(state -> state.withTasks(tasks.values().stream().toList()));
    }
}
