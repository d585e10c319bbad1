package io.github.qmpreactive.test.internal.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** What has come, oldest first, and those who follow it. Filled on the event loop of the fakes, read from anywhere. */
public final class History<T> {

    /** Something that ends, and with it the flux of all who follow it. */
    public static class Scope {
        private boolean ended;
    }

    private record Follower<T>(Scope scope, Predicate<? super T> wanted, Sinks.Many<T> sink) {}

    private final int longestQueue;
    private final Deque<T> kept = new ArrayDeque<>();
    private final List<Follower<T>> followers = new ArrayList<>();

    /** A subscriber that requests too little gets an error when so many wait for it. */
    public History(int longestQueue) {
        this.longestQueue = longestQueue;
    }

    /** Adds something, and drops what is too much. */
    public void add(T value, Consumer<Deque<T>> trim) {
        List<Follower<T>> told;
        synchronized (this) {
            kept.add(value);
            trim.accept(kept);
            told = List.copyOf(followers);
        }
        for (Follower<T> follower : told) {
            if (follower.wanted.test(value) && follower.sink.tryEmitNext(value).isFailure()) {
                // It has cancelled, and then this has no effect; or too many wait.
                follower.sink.tryEmitError(new IllegalStateException("The subscriber has not requested what came: "
                        + longestQueue + " wait for it, which is the limit"));
            }
        }
    }

    public synchronized List<T> list() {
        return List.copyOf(kept);
    }

    /** Nothing more comes to those who follow this. */
    public void end(Scope scope) {
        List<Follower<T>> told;
        synchronized (this) {
            scope.ended = true;
            told = followers.stream().filter(f -> f.scope == scope).toList();
        }
        told.forEach(follower -> follower.sink.tryEmitComplete());
    }

    /** What is kept and what comes until the scope ends; errors if there is a problem when it is subscribed to. */
    public Flux<T> flux(Scope scope, Predicate<? super T> wanted, Supplier<@Nullable Throwable> problem) {
        return Flux.defer(() -> follow(scope, wanted, problem));
    }

    private synchronized Flux<T> follow(
            Scope scope, Predicate<? super T> wanted, Supplier<@Nullable Throwable> problem) {
        Throwable error = problem.get();
        if (error != null) {
            return Flux.error(error);
        }
        Flux<T> earlier = Flux.fromIterable(kept.stream().filter(wanted).toList());
        if (scope.ended) {
            return earlier;
        }
        Follower<T> follower = new Follower<>(
                scope, wanted, Sinks.many().unicast().onBackpressureBuffer(new LinkedBlockingQueue<>(longestQueue)));
        followers.add(follower);
        return earlier.concatWith(follower.sink.asFlux()).doFinally(signal -> remove(follower));
    }

    private synchronized void remove(Follower<T> follower) {
        followers.remove(follower);
    }
}
