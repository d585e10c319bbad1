package io.github.qmpreactive.example;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.job.JobProgress;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Prints what happens in a session as it happens, each line with the seconds since the beginning. */
final class Transcript {

    private final PrintStream out;
    private final String machine;
    private final long start = System.nanoTime();

    /** The machine is what the version in the greeting is of. */
    Transcript(PrintStream out, String machine) {
        this.out = out;
        this.machine = machine;
    }

    void line(String text) {
        out.printf(Locale.ROOT, "%8.3f s  %s%n", (System.nanoTime() - start) / 1e9, text);
    }

    /** Prints the greeting, then events until the session ends; the session itself is handed on. */
    QmpSession opened(QmpSession session) {
        session.greeting()
                .ifPresent(greeting -> line("connected to " + machine + " " + greeting.version() + ", capabilities "
                        + session.capabilities()));
        // Commands, and onDisconnect, report how the session ends.
        session.events().subscribe(this::event, e -> {});
        return session;
    }

    /** Runs a command, and prints it and its reply. */
    Mono<JsonNode> run(QmpSession session, QmpCommand command) {
        Mono<JsonNode> result =
                session.execute(command).doOnSubscribe(s -> sent(command)).doOnNext(returned -> line("< " + returned));
        return command.name().equals("quit") ? untilGone(session, result) : result;
    }

    void sent(QmpCommand command) {
        line("> " + command.name() + (command.arguments().isEmpty() ? "" : " " + command.arguments()));
    }

    /** The reply to quit may never come: the end of the connection stands for it. */
    private static Mono<JsonNode> untilGone(QmpSession session, Mono<JsonNode> quit) {
        return quit.onErrorResume(ExecInterruptedError.class, e -> e.isWritten() ? Mono.empty() : Mono.error(e))
                .then(session.onDisconnect())
                .then(Mono.empty());
    }

    /** Goes on printing events for some time, or until the session ends. */
    Mono<Void> listen(QmpSession session, Duration duration) {
        return duration.isZero()
                ? Mono.empty()
                : Mono.firstWithSignal(Mono.delay(duration).then(), session.onDisconnect());
    }

    void job(JobProgress job) {
        String done = job.fraction().isPresent()
                ? String.format(Locale.ROOT, ", %.0f %%", 100 * job.fraction().getAsDouble())
                : "";
        line(job.type() + " " + job.id() + " is " + job.status() + done);
    }

    private void event(QmpEvent event) {
        line("event " + event.name() + (event.data().isMissingNode() ? "" : " " + event.data()));
    }
}
