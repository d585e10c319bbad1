package io.github.qmpreactive.example;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.job.JobOptions;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpCommand;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The main job: opens a session, prints the greeting, runs commands, prints replies and events, disconnects. */
public final class QmpMain {

    private final PrintStream out;
    private final PrintStream err;

    QmpMain(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs and exits.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new QmpMain(System.out, System.err).run(args));
    }

    /** Runs, and returns the exit code. */
    int run(String... args) {
        try {
            CommandLine commandLine = CommandLine.parse(args);
            if (commandLine.help()) {
                out.println(CommandLine.USAGE);
            } else if (commandLine.client().isPresent()) {
                work(commandLine.client().get(), commandLine);
            } else {
                show(Machine.start(), commandLine.listen());
            }
            return 0;
        } catch (UsageException e) {
            err.println("Wrong usage: " + e.getMessage() + "\n\n" + CommandLine.USAGE);
            return 2;
        } catch (Throwable e) {
            // Everything: Maven would report what is thrown from here in a dozen lines.
            err.println(oneLine(e));
            return 1;
        }
    }

    private static String oneLine(Throwable thrown) {
        Throwable cause = Exceptions.unwrap(thrown);
        String message = cause.getMessage();
        boolean isForPeople = message != null
                && (cause instanceof QmpError
                        || cause instanceof IllegalStateException
                        || cause instanceof UncheckedIOException);
        return String.join(
                " ", (isForPeople ? message : cause.toString()).lines().toList());
    }

    /** Runs one command at the QEMU that the caller names: the one asked for, and no other. */
    private void work(QmpClient client, CommandLine commandLine) {
        Transcript transcript = new Transcript(out, "QEMU");
        QmpCommand command = commandLine.command().orElse(QmpCommand.of("query-status"));
        client.withSession(session -> {
                    QmpSession opened = transcript.opened(session);
                    return transcript.run(opened, command).then(transcript.listen(opened, commandLine.listen()));
                })
                .blockLast();
        transcript.line("disconnected");
    }

    /** A session with a machine of our own, which ends with it. */
    void show(Machine ours, Duration listen) {
        try (Machine machine = ours) {
            out.println(machine.description());
            Transcript transcript = new Transcript(out, machine.name());
            CommandLine.client(machine.address())
                    .withSession(session -> {
                        QmpSession opened = transcript.opened(session);
                        return Flux.just("query-status", "stop", "query-status", "cont")
                                .concatMap(name -> transcript.run(opened, QmpCommand.of(name)))
                                .thenMany(copyDisk(opened, transcript))
                                .thenMany(transcript.listen(opened, listen));
                    })
                    .blockLast();
            transcript.line("disconnected");
        }
    }

    /** Copies a disk of 16 MiB to another one within two seconds; neither is kept anywhere. */
    private static Mono<Void> copyDisk(QmpSession session, Transcript transcript) {
        QmpCommand backup = QmpCommand.of("blockdev-backup")
                .arguments(
                        Map.of("job-id", "job0", "device", "disk", "target", "copy", "sync", "full", "speed", 8 << 20));
        JobOptions often = JobOptions.defaults().interval(Duration.ofMillis(500));
        return Flux.just("disk", "copy")
                .concatMap(name -> transcript.run(
                        session,
                        QmpCommand.of("blockdev-add")
                                .arguments(Map.of("driver", "null-co", "node-name", name, "size", 16 << 20))))
                .thenMany(QmpJobs.of(session).run(backup, often).doOnSubscribe(s -> transcript.sent(backup)))
                .doOnNext(transcript::job)
                .then();
    }
}
