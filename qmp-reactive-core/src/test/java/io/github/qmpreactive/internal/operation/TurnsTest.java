package io.github.qmpreactive.internal.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

@DisplayName("Steps that follow an operation")
class TurnsTest {

    private final List<String> signals = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();
    private final AtomicReference<Subscriber<? super Integer>> subscriber = new AtomicReference<>();
    private final Turns turns = new Turns(Context.empty());

    @BeforeEach
    void hook() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void unhook() {
        Hooks.resetOnErrorDropped();
    }

    private Disposable subscribe() {
        Flux<Integer> source = Flux.from(actual -> {
            subscriber.set(actual);
            actual.onSubscribe(Operators.emptySubscription());
        });
        return turns.subscribe(
                source,
                value -> signals.add("" + value),
                error -> signals.add(error.getMessage()),
                () -> signals.add("end"));
    }

    private Subscriber<? super Integer> source() {
        return Objects.requireNonNull(subscriber.get());
    }

    @Test
    @DisplayName("are each signal, and the end")
    void signals() {
        subscribe();
        source().onNext(1);
        source().onComplete();
        subscribe();
        source().onError(new IllegalStateException("failure"));
        assertEquals(List.of("1", "end", "failure"), signals);
    }

    @Test
    @DisplayName("are not an error that is on its way when all ends, nor is that dropped onto Reactor's hooks")
    void errorBehindTheEnd() {
        subscribe();
        turns.end();
        source().onError(new IllegalStateException("late"));
        assertEquals(List.of(), signals);
        assertEquals(List.of(), dropped);
    }

    @Test
    @DisplayName("are not an error that is on its way when its own subscription is disposed of")
    void errorBehindDispose() {
        Disposable subscription = subscribe();
        subscription.dispose();
        source().onError(new IllegalStateException("late"));
        assertEquals(List.of(), signals);
        assertEquals(List.of(), dropped);
        subscribe();
        source().onComplete();
        assertEquals(List.of("end"), signals);
    }

    @Test
    @DisplayName("go on behind one that throws where many need them, and what it throws is reported")
    void throwsForMany() {
        List<Throwable> thrown = new ArrayList<>();
        Turns many = new Turns(Context.empty(), thrown::add);
        IllegalStateException failure = new IllegalStateException("as a test says");
        many.run(() -> {
            many.run(() -> signals.add("waited"));
            throw failure;
        });
        many.run(() -> signals.add("later"));
        assertEquals(List.of("waited", "later"), signals);
        assertEquals(List.of(failure), thrown);
    }

    @Test
    @DisplayName("end behind one that throws where one subscriber needs them, and the caller gets what was thrown")
    void throwsForOne() {
        IllegalStateException failure = new IllegalStateException("as a test says");
        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> turns.run(() -> {
                            turns.run(() -> signals.add("waited"));
                            throw failure;
                        })));
        turns.run(() -> signals.add("later"));
        assertEquals(List.of(), signals);
        assertTrue(turns.hasEnded());
    }

    @Test
    @DisplayName(
            "are run 256 at a time by one thread, and the further ones in their order by others, however many come")
    void bounded() {
        List<Integer> order = new ArrayList<>();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger here = new AtomicInteger();
        Thread caller = Thread.currentThread();
        CompletableFuture<List<Integer>> all = new CompletableFuture<>();
        turns.run(new Runnable() {
            @Override
            public void run() {
                order.add(order.size());
                threads.add(Thread.currentThread());
                if (Thread.currentThread() == caller) {
                    here.incrementAndGet();
                }
                if (order.size() < 10_000) {
                    turns.run(this);
                } else {
                    all.complete(order);
                }
            }
        });
        assertEquals(IntStream.range(0, 10_000).boxed().toList(), all.join());
        assertEquals(256, here.get());
        assertTrue(threads.size() > 1);
    }

    private static void pause(int spins) {
        IntStream.range(0, spins).forEach(spin -> Thread.onSpinWait());
    }

    @Test
    @DisplayName("run in the order in which each thread has given them")
    void order() {
        int threads = 4;
        int steps = 200_000;
        AtomicIntegerArray last = new AtomicIntegerArray(threads);
        AtomicInteger wrong = new AtomicInteger();
        CompletableFuture.allOf(IntStream.range(0, threads)
                        .mapToObj(thread -> CompletableFuture.runAsync(
                                () -> IntStream.rangeClosed(1, steps).forEach(step -> {
                                    turns.run(() -> {
                                        if (last.getAndSet(thread, step) != step - 1) {
                                            wrong.incrementAndGet();
                                        }
                                    });
                                    // So that there is often no step that waits.
                                    pause(ThreadLocalRandom.current().nextInt(50));
                                }),
                                command -> new Thread(command).start()))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        // What Reactor's scheduler has taken over runs before this.
        Patience.until(
                () -> IntStream.range(0, threads).allMatch(thread -> last.get(thread) == steps), "steps have not run");
        assertEquals(0, wrong.get());
    }

    @Test
    @DisplayName("go on where Reactor's scheduler is shut down: the thread that has begun runs all of them")
    void schedulerShutDown() {
        Scheduler shutDown = new Scheduler() {
            @Override
            public Disposable schedule(Runnable task) {
                throw Exceptions.failWithRejected();
            }

            @Override
            public Worker createWorker() {
                throw Exceptions.failWithRejected();
            }
        };
        Schedulers.Snapshot before = Schedulers.setFactoryWithSnapshot(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                return shutDown;
            }
        });
        try {
            turns.run(() -> {
                for (int i = 0; i < 1_000; i++) {
                    turns.run(() -> signals.add("many"));
                }
            });
            assertEquals(1_000, signals.stream().filter("many"::equals).count());
        } finally {
            Schedulers.resetFrom(before);
        }
    }

    @Test
    @DisplayName("are what a source throws when it is subscribed to, an error of the JVM included, and not twice")
    void sourceThrows() {
        LinkageError error = new LinkageError("as a test says");
        Flux<Integer> source = Flux.from(actual -> {
            actual.onSubscribe(Operators.emptySubscription());
            actual.onNext(1);
            throw error;
        });
        turns.subscribe(
                source,
                value -> signals.add("" + value),
                failure -> signals.add(failure.getMessage()),
                () -> signals.add("end"));
        turns.subscribe(
                Flux.<Integer>from(actual -> {
                    actual.onSubscribe(Operators.emptySubscription());
                    actual.onNext(2);
                    actual.onComplete();
                    throw error;
                }),
                value -> signals.add("" + value),
                failure -> signals.add(failure.getMessage()),
                () -> signals.add("end"));
        assertEquals(List.of("1", "as a test says", "2", "end"), signals);
        assertFalse(turns.hasEnded());
    }

    @Test
    @DisplayName("are not what a source throws when it is cancelled: the other sources are cancelled, too")
    void cancelThrows() {
        List<String> cancelled = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            turns.subscribe(
                    Flux.from(actual -> actual.onSubscribe(new Subscription() {
                        @Override
                        public void request(long n) {
                            // It never emits.
                        }

                        @Override
                        public void cancel() {
                            cancelled.add("" + number);
                            throw new IllegalStateException("as a test says");
                        }
                    })),
                    value -> {},
                    error -> {},
                    () -> {});
        }
        turns.end();
        assertEquals(3, cancelled.size());
    }
}
