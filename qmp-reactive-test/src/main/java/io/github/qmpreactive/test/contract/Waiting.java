package io.github.qmpreactive.test.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** How the tests of the contract wait. */
final class Waiting {

    /** For what has to happen, however slow the machine is. */
    static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 20));

    private Waiting() {}

    /** What a test does with a session. */
    interface Work {
        /** Does it. */
        void accept(QmpSession session) throws Exception;
    }

    /** Opens a session, works with it, and disconnects in any case. */
    static void inSession(SessionUnderTest server, Work work) {
        inSession(server, server.client(), work);
    }

    static void inSession(SessionUnderTest server, QmpClient client, Work work) {
        QmpSession session = await(server.open(client));
        try {
            work.accept(session);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            finish(session.disconnect());
        }
    }

    static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    static void finish(Publisher<?> publisher) {
        Mono.when(publisher).block(PATIENCE);
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The error that it ends with, which has to be of a class. */
    static <E extends Throwable> E failure(Class<E> type, Publisher<?> publisher) {
        return assertThrows(type, () -> finish(publisher));
    }

    /** The error that it ends with, which has to be of a class. */
    static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
        ExecutionException error =
                assertThrows(ExecutionException.class, () -> future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        return assertThrows(type, () -> {
            throw Objects.requireNonNull(error.getCause());
        });
    }
}
