package io.github.qmpreactive.test.internal.verify;

import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Subscribes to a call, whose end a future tells. Reactor's own future drops a result that comes as it is cancelled onto
 * Reactor's hooks; this one has no use for it.
 */
final class Call implements CoreSubscriber<Object> {

    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private Call() {}

    /** Subscribes; cancelling the future cancels the call. */
    static CompletableFuture<Void> to(Mono<?> call) {
        Call subscriber = new Call();
        call.subscribe(subscriber);
        return subscriber.end;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        var unused = end.whenComplete((nothing, error) -> {
            if (end.isCancelled()) {
                subscription.cancel();
            }
        });
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object result) {
        // That there is one is enough.
    }

    @Override
    public void onError(Throwable error) {
        end.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }
}
