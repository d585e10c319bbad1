package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * One subscription to the progress of a dump. Query-dump tells all but the reason of a failure, which is in the event
 * alone; the event comes before QEMU has cleaned up.
 */
final class DumpFollower {

    private static final String COMMAND = "dump-guest-memory";

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** QEMU 11.1 aborts over a dump 50 ms after the event of the one before, and does not 500 ms after it. */
    private static final Duration CLEAN_UP = Duration.ofSeconds(1);

    private final QmpSession session;
    private final JobCommands commands;
    private volatile String reason = "";

    private DumpFollower(QmpSession session) {
        this.session = session;
        this.commands = JobCommands.patient(session);
    }

    static Flux<JobProgress> run(QmpSession session, QmpCommand command) {
        if (!command.name().equals(COMMAND)) {
            throw new IllegalArgumentException(
                    command.name() + " does not dump the guest's memory: " + COMMAND + " does");
        }
        ObjectNode arguments = command.arguments();
        QmpCommand detached = arguments.has("detach") ? command : command.arguments(arguments.put("detach", true));
        return Flux.defer(() -> new DumpFollower(session).progress(detached));
    }

    static Flux<JobProgress> follow(QmpSession session) {
        return Flux.defer(() -> {
            DumpFollower follower = new DumpFollower(session);
            return follower.progress(follower.commands.command("query-dump"));
        });
    }

    /** QEMU reads each query behind the command that starts the dump, so it tells of this dump or a later one. */
    private Flux<JobProgress> progress(QmpCommand start) {
        Flux<QmpEvent> ends = session.executeAndListen(start, EventOptions.named("DUMP_COMPLETED"))
                .doOnNext(event -> reason = event.data().path("error").asString(""));
        return Flux.merge(ends, JobCommands.ticks(INTERVAL).startWith(0L))
                .onBackpressureLatest()
                .concatMap(due -> query(), 1)
                .distinctUntilChanged()
                .concatMap(this::withEnd, 1)
                .takeWhile(Optional::isPresent)
                .map(Optional::orElseThrow)
                .onBackpressureLatest();
    }

    private Mono<JobProgress> query() {
        return session.execute(commands.command("query-dump"))
                .map(dump -> new JobProgress(
                        COMMAND,
                        COMMAND,
                        dump.path("status").asString(""),
                        dump.path("completed").asLong(0),
                        dump.path("total").asLong(0),
                        Optional.empty()))
                .onErrorComplete(CommandQueueFullError.class);
    }

    /** The progress, and after the last an empty one, or the error. */
    private Flux<Optional<JobProgress>> withEnd(JobProgress dump) {
        Flux<Optional<JobProgress>> progress = Flux.just(Optional.of(dump));
        return switch (dump.status()) {
            case "none" ->
                Flux.error(new JobNotFoundError(
                        "[" + session.name() + "] QEMU has not dumped the guest's memory since it was started",
                        COMMAND,
                        null));
            case "completed" -> progress.concatWith(cleanUp().thenReturn(Optional.empty()));
            case "failed" -> progress.concatWith(cleanUp().then(Mono.error(this::failure)));
            default -> progress;
        };
    }

    private JobFailedError failure() {
        String why = reason.isEmpty() ? "for a reason that only its event has told" : reason;
        return new JobFailedError(
                "[" + session.name() + "] The dump of the guest's memory failed: " + why, COMMAND, COMMAND, reason);
    }

    /** A guest that is paused for the dump runs again shortly after the event. */
    private Mono<Void> cleanUp() {
        return session.execute(commands.command("query-status"))
                .filter(machine -> !machine.path("status").asString("").equals("save-vm"))
                .repeatWhenEmpty(tries -> tries.take(10).delayElements(INTERVAL))
                .delaySubscription(JobCommands.delay(CLEAN_UP).thenMany(Flux.just(true)))
                .onErrorComplete()
                .then();
    }
}
