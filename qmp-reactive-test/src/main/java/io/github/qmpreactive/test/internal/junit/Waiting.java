package io.github.qmpreactive.test.internal.junit;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpSession;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** How the extensions of JUnit and the tests of the contract wait. */
public final class Waiting {

    /** For what has to happen, however slow the machine is. */
    public static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 20));

    private Waiting() {}

    /** Opens a session, works with it, and disconnects in any case. */
    public static void inSession(Mono<QmpSession> opening, Consumer<QmpSession> work) {
        QmpSession session = await(opening);
        try {
            work.accept(session);
        } finally {
            finish(session.disconnect());
        }
    }

    public static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    public static <T> T await(CompletableFuture<T> future) {
        return await(Mono.fromFuture(future));
    }

    public static void finish(Publisher<?> publisher) {
        Mono.when(publisher).block(PATIENCE);
    }

    public static <E extends Throwable> E failure(Class<E> type, Publisher<?> publisher) {
        return assertThrows(type, () -> finish(publisher));
    }

    public static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
        return failure(type, Mono.fromFuture(future));
    }
}
