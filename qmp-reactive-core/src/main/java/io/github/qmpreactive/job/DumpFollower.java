package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
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

    private static final Mono<JobProgress> END = Mono.empty();

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
        Flux<Mono<JobProgress>> told = session.executeAndListen(start, EventOptions.named("DUMP_COMPLETED"))
                .doOnNext(event -> reason = event.data().path("error").asString(""))
                .concatMap(event -> outcome());
        Flux<Mono<JobProgress>> asked = Operations.ticks(INTERVAL).startWith(0L).concatMap(due -> outcome(), 1);
        // Subscribed to in this order: it sends the command before it asks.
        return Flux.merge(told.onErrorResume(DumpFollower::asValue), asked)
                .takeUntil(outcome -> outcome == END)
                .concatMap(outcome -> outcome)
                .distinctUntilChanged()
                .onBackpressureLatest();
    }

    /** How the dump is; and, after the last progress, how it has ended. */
    private Flux<Mono<JobProgress>> outcome() {
        return query().flatMapMany(this::withEnd)
                // The error of the command, if that was not answered, says more.
                .onErrorResume(
                        Operations::isEnd,
                        end -> session.onDisconnect().onErrorComplete().then(Mono.error(end)))
                .onErrorResume(DumpFollower::asValue);
    }

    /** An error that comes at the same moment as another end would be dropped onto Reactor's hooks. */
    private static Mono<Mono<JobProgress>> asValue(Throwable error) {
        return Mono.just(Mono.error(error));
    }

    /** Empty if the queue is full; the next tick asks again. */
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

    private Flux<Mono<JobProgress>> withEnd(JobProgress dump) {
        Flux<Mono<JobProgress>> progress = Flux.just(Mono.just(dump));
        return switch (dump.status()) {
            case "none" -> Flux.just(Mono.error(notFound()));
            case "completed" -> progress.concatWith(cleanUp().thenReturn(END));
            case "failed" -> progress.concatWith(cleanUp().thenReturn(Mono.error(this::failure)));
            default -> progress;
        };
    }

    private JobNotFoundError notFound() {
        return new JobNotFoundError(
                "[" + session.name() + "] QEMU has not dumped the guest's memory since it was started", COMMAND, null);
    }

    private JobFailedError failure() {
        String why = reason.isEmpty() ? "for a reason that only its event has told" : reason;
        return new JobFailedError(
                "[" + session.name() + "] The dump of the guest's memory failed: " + why, COMMAND, COMMAND, reason);
    }

    /** A guest that is paused for the dump runs again shortly after the event. */
    private Mono<Void> cleanUp() {
        return session.execute(commands.command("query-status"))
                .onErrorComplete(CommandQueueFullError.class)
                .filter(machine -> !machine.path("status").asString("").equals("save-vm"))
                .repeatWhenEmpty(tries -> tries.take(10).delayElements(INTERVAL))
                .delaySubscription(Operations.delay(CLEAN_UP).thenReturn(true))
                .onErrorComplete()
                .then();
    }
}
