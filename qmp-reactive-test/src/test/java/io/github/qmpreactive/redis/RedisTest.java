package io.github.qmpreactive.redis;

import io.github.qmpreactive.test.Patience;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
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
}
