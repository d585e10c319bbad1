package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes a recording, line by line, each of them flushed. All of it happens on a thread of its own. */
public final class RecordingWriter {

    private final Path file;
    private final BufferedWriter out;
    private final long start = System.nanoTime();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("qmp-recorder", true));

    /** Not of Schedulers' own making: those stand still in virtual time. */
    private final Scheduler scheduler = Schedulers.fromExecutorService(thread);

    private @Nullable IOException failure;

    private RecordingWriter(Path file) throws IOException {
        this.file = file;
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        this.out = Files.newBufferedWriter(file);
        write(JsonNodeFactory.instance
                .objectNode()
                .put("format", Recording.FORMAT)
                .put("version", Recording.VERSION)
                .put("recorded", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("secrets", Secrets.HIDDEN));
    }

    /**
     * Creates the file, and its folder if need be, in place of one that is there.
     *
     * @return emits the writer when the header is written; errors with an UncheckedIOException that names the file
     */
    public static Mono<RecordingWriter> create(Path file) {
        return Mono.fromCallable(() -> new RecordingWriter(file))
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorMap(IOException.class, e -> cannotWrite(file, e));
    }

    Duration now() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /**
     * Writes entries.
     *
     * @return completes when they are in the file; errors with an UncheckedIOException that names it
     */
    Mono<Void> append(List<Entry> entries) {
        return entries.isEmpty()
                ? Mono.empty()
                : onThread(() -> {
                    for (Entry entry : entries) {
                        write(entry.json());
                    }
                    return null;
                });
    }

    /**
     * Writes that nothing is missing, unless something is, and closes the file.
     *
     * @return completes when it is closed; errors with an UncheckedIOException if anything could not be written
     */
    public Mono<Void> close() {
        return onThread(() -> {
                    try (out) {
                        write(Entry.at(now()).put("complete", true));
                    }
                    return null;
                })
                .doFinally(signal -> thread.shutdown());
    }

    private Mono<Void> onThread(Callable<Void> writing) {
        return Mono.<Void>fromCallable(writing)
                .subscribeOn(scheduler)
                .onErrorMap(IOException.class, e -> cannotWrite(file, e));
    }

    /** Fails for ever once it has failed: a recording with a gap is none. */
    private void write(ObjectNode line) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            out.write(JsonText.write(line) + "\n");
            out.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private static UncheckedIOException cannotWrite(Path file, IOException e) {
        return new UncheckedIOException("The recording " + file + " cannot be written: " + e, e);
    }
}
