package io.github.qmpreactive.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * One connection to Redis, opened by the first command and, after it has failed, by the next one. Lettuce's own reconnecting is
 * off: it sends commands again by itself, and only the caller knows which ones may be.
 *
 * <p>Any number of callers may share it, if all of them may send their commands again, read whole answers, and use no command that
 * blocks: the error of one fails the commands of all that are under way, and Redis answers in order. A caller that blocks
 * ({@code XREADGROUP}) has a connection of its own.
 */
final class Redis {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final RedisClient client = RedisClient.create();
    private final Mono<StatefulRedisConnection<String, String>> connection;
    private final Consumer<String> log;

    /** The commands have the timeout of the URI. The log is called on a thread that may block. */
    Redis(RedisURI uri, Consumer<String> log) {
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .timeoutOptions(TimeoutOptions.enabled())
                .build());
        this.connection = Mono.fromCompletionStage(() -> client.connectAsync(StringCodec.UTF8, uri))
                .cacheInvalidateIf(open -> !open.isOpen());
        this.log = log;
    }

    /**
     * Works with the connection. An error, also one that Redis replies, closes it: what other callers have under way fails, too.
     * A command that was sent and has failed may still be executed, or was.
     */
    <T> Flux<T> call(Function<RedisReactiveCommands<String, String>, ? extends Publisher<T>> work) {
        return connection.flatMapMany(open -> Flux.from(work.apply(open.reactive()))
                .onErrorResume(error -> Mono.fromCompletionStage(open.closeAsync())
                        .onErrorComplete()
                        .then(Mono.error(error))));
    }

    /** For what may be done again: without an end, with longer and longer pauses. */
    Retry again() {
        return Retry.backoff(Long.MAX_VALUE, SOON)
                .maxBackoff(LONGEST)
                .transientErrors(true)
                .doBeforeRetryAsync(retry -> retry.totalRetriesInARow() == 0 ? tell(retry.failure()) : Mono.empty());
    }

    /** Printing blocks, and the thread is Lettuce's: other connections need it. */
    private Mono<Void> tell(Throwable failure) {
        return Mono.<Void>fromRunnable(() -> log.accept("Redis failed, trying again until it does not: " + failure))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Closes the connection and ends the threads of the client. */
    Mono<Void> close() {
        return Mono.fromCompletionStage(() -> client.shutdownAsync(0, LONGEST.toSeconds(), TimeUnit.SECONDS));
    }
}
