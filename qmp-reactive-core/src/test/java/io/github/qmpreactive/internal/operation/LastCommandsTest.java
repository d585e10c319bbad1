package io.github.qmpreactive.internal.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@DisplayName("A session that an operation holds")
class LastCommandsTest {

    private final Object session = new Object();

    @Test
    @DisplayName("is held until all that holds it is over; what begins then holds it anew")
    void succession() {
        Sinks.Empty<Void> first = Sinks.empty();
        Runnable second = LastCommands.hold(session);
        LastCommands.holding(session, first.asMono()).subscribe();
        Mono<Void> both = LastCommands.of(session).orElseThrow();
        AtomicBoolean isOver = new AtomicBoolean();
        both.subscribe(none -> {}, failure -> {}, () -> isOver.set(true));
        second.run();
        second.run();
        assertFalse(isOver.get());
        Runnable third = LastCommands.hold(session);
        first.tryEmitEmpty().orThrow();
        assertTrue(isOver.get());
        assertTrue(LastCommands.of(session).isPresent());
        third.run();
        assertEquals(Optional.empty(), LastCommands.of(session));
    }

    @Test
    @DisplayName("is held no more when that was cancelled, or has failed; other sessions are not held")
    void ends() {
        Disposable cancelled = LastCommands.holding(session, Mono.never()).subscribe();
        assertFalse(LastCommands.of(new Object()).isPresent());
        cancelled.dispose();
        LastCommands.holding(session, Mono.error(new IllegalStateException())).subscribe(none -> {}, failure -> {});
        assertEquals(Optional.empty(), LastCommands.of(session));
    }

    @Test
    @DisplayName("is held no more although the subscriber to that throws")
    void throwing() {
        assertThrows(IllegalStateException.class, () -> LastCommands.holding(session, Mono.just(1))
                .subscribe(new Throwing()));
        assertEquals(Optional.empty(), LastCommands.of(session));
    }

    private static final class Throwing implements CoreSubscriber<Integer> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(Integer value) {
            throw new IllegalStateException("rude");
        }

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException("rude");
        }

        @Override
        public void onComplete() {
            throw new IllegalStateException("rude");
        }
    }
}
