package io.github.qmpreactive.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.Patience;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("Redis Streams: a connection that callers share")
class RedisTest {

    @Test
    @DisplayName("The error of one caller fails what the others have under way, at once, and it can be tried again")
    void shared() throws Exception {
        try (RedisFixture redis = new RedisFixture()) {
            Redis shared = redis.connection();
            StepVerifier.create(shared.call(RedisReactiveCommands::ping))
                    .expectNext("PONG")
                    .expectComplete()
                    .verify(Patience.PATIENCE);
            redis.server().pause();
            StepVerifier.create(shared.call(RedisReactiveCommands::ping))
                    .then(() -> shared.call(commands -> Mono.error(new IllegalStateException("of another caller")))
                            .subscribe(value -> {}, error -> {}))
                    .expectErrorMatches(error -> error instanceof RedisException
                            && String.valueOf(error.getMessage()).contains("closed"))
                    .verify(Patience.PATIENCE);
            redis.server().resume();
            StepVerifier.create(shared.call(RedisReactiveCommands::ping).retryWhen(shared.again()))
                    .expectNext("PONG")
                    .expectComplete()
                    .verify(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("A failure is told once, on a thread that may block, and not on the one that it came on")
    void told() {
        AtomicInteger tries = new AtomicInteger();
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Redis redis = new Redis(
                RedisURI.create("redis://localhost"),
                line -> told.add(
                        line + " on " + Thread.currentThread().getName().replaceAll("-.*", "")));
        Mono<Integer> third = Mono.fromCallable(() -> {
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("x");
            }
            return 3;
        });
        StepVerifier.create(third.retryWhen(redis.again()))
                .expectNext(3)
                .expectComplete()
                .verify(Patience.PATIENCE);
        redis.close().block(Patience.PATIENCE);
        assertEquals(
                List.of(
                        "Redis failed, trying again until it does not: java.lang.IllegalStateException: x on boundedElastic"),
                List.copyOf(told));
    }
}
