package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;

/** One file of the guest, from being opened to being closed. */
final class GuestFile {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.guest");

    /** How long closing may take where its outcome does not matter any more. */
    static final Duration RELEASE_LIMIT = Duration.ofSeconds(10);

    private static final String READ = "guest-file-read";
    private static final String WRITE = "guest-file-write";

    /** The pauses between attempts to close one that stayed open: the first, which doubles, and the longest. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** About five minutes. */
    private static final int MOST_PAUSES = 14;

    /** Whether it may be open: one that is not to be opened any more is closed. */
    private enum State {
        NEW,
        OPENING,
        CLOSED
    }

    private final QgaSession session;
    private final String path;
    private final int chunk;

    /** Goes on when it is cancelled: a handle that is opened has to be known, to be closed. */
    private final Mono<Long> opened;

    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

    /** The first close; it is sent once, and goes on when it is cancelled, too. */
    private final AtomicReference<@Nullable Mono<JsonNode>> closing = new AtomicReference<>();

    private GuestFile(QgaSession session, String path, String mode, int chunk) {
        this.session = session;
        this.path = path;
        this.chunk = chunk;
        Mono<Long> open = session.execute("guest-file-open", Map.of("path", path, "mode", mode))
                .map(reply -> new AgentReply(session, "guest-file-open", reply).integer());
        this.opened = Mono.defer(() -> state.compareAndSet(State.NEW, State.OPENING) ? open : Mono.<Long>empty())
                .cache();
    }

    static Flux<byte[]> read(QgaSession session, String path, GuestFileOptions options) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> new GuestFile(session, path, "r", options.chunk())),
                GuestFile::chunks,
                GuestFile::release);
    }

    static Mono<Long> write(QgaSession session, String path, Publisher<byte[]> content, GuestFileOptions options) {
        String mode = options.isAppending() ? "a" : "w";
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new GuestFile(session, path, mode, options.chunk())),
                file -> file.write(content),
                GuestFile::release);
    }

    private static final class Chunk {

        final byte[] bytes;
        final boolean isLast;

        Chunk(byte[] bytes, boolean isLast) {
            this.bytes = bytes;
            this.isLast = isLast;
        }
    }

    private Flux<byte[]> chunks() {
        // Errors as values: one that is on its way when this is cancelled would be dropped onto Reactor's hooks.
        return opened.flatMapMany(handle -> Flux.generate((SynchronousSink<Mono<Signal<Chunk>>> sink) ->
                                sink.next(onDemand(read(handle)).materialize()))
                        .concatMap(reading -> reading, 0)
                        .<Chunk>dematerialize())
                .takeUntil(chunk -> chunk.isLast)
                .map(chunk -> chunk.bytes)
                .filter(bytes -> bytes.length > 0);
    }

    /** Subscribes to it when an element is requested, and not before. */
    private static <T> Mono<T> onDemand(Mono<T> source) {
        return Mono.defer(() -> {
            Sinks.Empty<Void> demand = Sinks.empty();
            return source.delaySubscription(demand.asMono())
                    .doOnRequest(
                            n -> demand.emitEmpty((end, result) -> result == Sinks.EmitResult.FAIL_NON_SERIALIZED));
        });
    }

    private Mono<Chunk> read(long handle) {
        return execute(READ, handle, Map.of("count", chunk)).map(reply -> {
            byte[] bytes = reply.bytes("buf-b64");
            boolean isLast = reply.flag("eof");
            if (reply.integer("count", 0, chunk) != bytes.length) {
                throw reply.unusable("it has " + bytes.length + " bytes, and count differs", null);
            }
            if (bytes.length == 0 && !isLast) {
                throw reply.unusable("it has neither bytes nor the end of the file", null);
            }
            return new Chunk(bytes, isLast);
        });
    }

    private Mono<Long> write(Publisher<byte[]> content) {
        return opened.flatMap(handle -> Flux.from(content)
                .filter(bytes -> bytes.length > 0)
                // What came before an error of the content is written.
                .concatMapDelayError(bytes -> writeAll(handle, bytes), false, 1)
                .onErrorMap(Exceptions::isMultiple, GuestFile::lastOf)
                .reduce(0L, Long::sum)
                // The agent buffers what is written: an error may show only here.
                .flatMap(total -> close(null).thenReturn(total)));
    }

    /** That of the write which was under way when the content failed; with that of the content. */
    private static Throwable lastOf(Throwable multiple) {
        List<Throwable> errors = Exceptions.unwrapMultipleExcludingTracebacks(multiple);
        Throwable last = errors.get(errors.size() - 1);
        errors.stream().filter(error -> error != last).forEach(last::addSuppressed);
        return last;
    }

    /** The agent may write less than it was given. */
    private Mono<Long> writeAll(long handle, byte[] bytes) {
        return Mono.defer(() -> {
            AtomicInteger written = new AtomicInteger();
            return Mono.defer(() -> writeFrom(handle, bytes, written.get()))
                    .doOnNext(written::addAndGet)
                    .repeat(() -> written.get() < bytes.length)
                    .then(Mono.just((long) bytes.length));
        });
    }

    private Mono<Integer> writeFrom(long handle, byte[] bytes, int offset) {
        int size = Math.min(chunk, bytes.length - offset);
        String encoded = Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, offset, offset + size));
        return execute(WRITE, handle, Map.of("buf-b64", encoded)).map(reply -> reply.integer("count", 1, size));
    }

    private Mono<AgentReply> execute(String command, long handle, Map<String, Object> more) {
        Map<String, Object> arguments = new LinkedHashMap<>(more);
        arguments.put("handle", handle);
        return session.execute(command, arguments).map(reply -> new AgentReply(session, command, reply));
    }

    /** Closes it, if it was opened. */
    private Mono<JsonNode> close(@Nullable Duration limit) {
        return Mono.defer(() -> {
            if (state.compareAndSet(State.NEW, State.CLOSED)) {
                return Mono.empty();
            }
            return closing.updateAndGet(current -> current == null
                    ? opened.flatMap(handle -> close(handle, limit)).cache()
                    : current);
        });
    }

    private Mono<JsonNode> close(long handle, @Nullable Duration limit) {
        QmpCommand close = QmpCommand.of("guest-file-close").arguments(Map.of("handle", handle));
        return session.execute(limit == null ? close : close.timeout(limit));
    }

    /** Closes it unless it is closed. Whatever goes wrong, another outcome is known already, and does not wait. */
    private Mono<Void> release() {
        return close(RELEASE_LIMIT)
                .doOnError(GuestFile::isStillOpen, failure -> closeLater())
                .doOnError(failure -> !isStillOpen(failure), this::note)
                .onErrorComplete()
                .then();
    }

    private void closeLater() {
        var unused = opened.flatMap(handle -> close(handle, RELEASE_LIMIT)
                        .retryWhen(Retry.from(failures -> failures.concatMap(GuestFile::again, 1))))
                .delaySubscription(Operations.delay(FIRST_PAUSE))
                .subscribe(closed -> {}, this::note);
    }

    private static Mono<Long> again(Retry.RetrySignal failed) {
        long pauses = failed.totalRetries();
        Mono<Long> end = Mono.error(failed.failure());
        if (pauses >= MOST_PAUSES || !isStillOpen(failed.failure())) {
            return end;
        }
        return Operations.delay(Operations.pause(pauses, FIRST_PAUSE, LONGEST_PAUSE))
                .switchIfEmpty(end);
    }

    /** The agent did not try to close it, and may do so later. */
    private static boolean isStillOpen(Throwable failure) {
        return failure instanceof CommandQueueFullError
                || Failures.isNotSentInTime(failure)
                || Failures.isDisabled(failure);
    }

    private void note(Throwable failure) {
        if (isStillOpen(failure)) {
            LOG.warn("[{}] The file {} stays open in the guest: {}", session.name(), path, failure.toString());
        } else {
            LOG.debug("[{}] The file {} may still be open in the guest: {}", session.name(), path, failure.toString());
        }
    }
}
