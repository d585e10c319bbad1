package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.commands.TimeLimit;
import io.github.qmpreactive.internal.events.EventHub;
import io.github.qmpreactive.internal.events.ServerClock;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.option.EventOptions;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/** One subscription to {@code executeAndAwait}: a command, the event that it causes, and the limit of the wait. */
final class EventWait {

    private final String prefix;
    private final SessionLoop loop;
    private final EventHub events;
    private final Termination termination;
    private final QmpCommand command;
    private final AwaitOptions options;
    private final @Nullable TimeLimit limit;
    private final Sinks.Empty<QmpEvent> late = Sinks.empty();
    private final Disposable.Swap timer = Disposables.swap();
    private volatile boolean counting;
    private volatile boolean written;
    private long writtenAt = ServerClock.UNKNOWN;

    EventWait(
            String prefix,
            SessionLoop loop,
            EventHub events,
            Termination termination,
            QmpCommand command,
            AwaitOptions options,
            @Nullable TimeLimit limit) {
        this.prefix = prefix;
        this.loop = loop;
        this.events = events;
        this.termination = termination;
        this.command = command;
        this.options = options;
        this.limit = options.timeout()
                .map(own -> new TimeLimit(own, "AwaitOptions.timeout"))
                .orElse(limit);
        // Whatever answers the question first: a change behind it must not be missed.
        this.counting = options.reached().isPresent();
    }

    /** Joins the events, then subscribes to the call; emits the event once both are there. */
    Mono<QmpEvent> run(Mono<JsonNode> call) {
        Mono<QmpEvent> event = events.liveEvents(
                        EventOptions.all().filter(this::counts).filter(options.event()))
                .next();
        // Before the command is written, the command itself has the better error.
        Mono<QmpEvent> interrupted = Mono.defer(() -> written
                ? interrupted("The session ended before the event that " + command + " was to cause: ")
                : Mono.never());
        Mono<QmpEvent> inTime = Mono.firstWithSignal(
                event.switchIfEmpty(interrupted).onErrorResume(this::isEnd, e -> interrupted), late.asMono());
        Mono<JsonNode> replied = call.doOnNext(reply -> startTimer());
        Mono<JsonNode> asked = options.reached()
                .map(reached -> Mono.firstWithSignal(reached, this.<Boolean>interrupted(command + " was never sent: "))
                        .defaultIfEmpty(false)
                        .flatMap(there -> there ? Mono.<JsonNode>empty() : replied))
                .orElse(replied);
        return Mono.zip(inTime, asked, (first, reply) -> first).doFinally(end -> timer.dispose());
    }

    /** The command is being written: from here on events count. */
    void onWritten() {
        assert loop.isCurrent();
        writtenAt = options.ignoresEarlierStamps() ? events.clock().now() : ServerClock.UNKNOWN;
        written = true;
        counting = true;
    }

    private boolean counts(QmpEvent event) {
        return counting
                && (writtenAt == ServerClock.UNKNOWN
                        || event.timestamp().isEmpty()
                        || ServerClock.micros(event.timestamp().get()) >= writtenAt);
    }

    private void startTimer() {
        TimeLimit set = limit;
        if (set == null) {
            return;
        }
        // The only emission: there is one timer.
        Runnable expire = () -> late.tryEmitError(timedOut(set)).orThrow();
        timer.update(loop.schedule(set.duration(), expire));
    }

    private ExecTimeoutError timedOut(TimeLimit passed) {
        return new ExecTimeoutError(
                prefix + command + " succeeded, but the event that it was to cause did not come within " + passed
                        + " of its reply; is the state there already?",
                command.name(),
                true,
                passed.duration());
    }

    private <T> Mono<T> interrupted(String what) {
        return termination
                .<T>failure()
                .onErrorMap(
                        QmpError.class,
                        cause -> new ExecInterruptedError(
                                prefix + what + cause.getMessage(), command.name(), written, cause));
    }

    /** Whether an error of the event stream is the end of the session, not something its predicate threw. */
    private boolean isEnd(Throwable error) {
        return termination.state() == SessionState.DISCONNECTED && error instanceof QmpError;
    }
}
