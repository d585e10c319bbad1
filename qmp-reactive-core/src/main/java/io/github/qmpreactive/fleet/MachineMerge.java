package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.Turns;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Merges one stream of each machine, for one subscriber. Each machine has one element here at a time, and they are emitted in
 * turn: what else a machine has waits in its own stream, which bounds it. Other merges of Reactor's look at all sources for
 * each element.
 *
 * @param <T> what a machine emits
 * @param <R> what is emitted here
 */
final class MachineMerge<T, R> implements Subscription, Roster.Follower {

    private final Roster roster;
    private final MachineStream<T, R> stream;
    private final CoreSubscriber<? super R> actual;
    private final Turns turns;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    private final ConcurrentMap<Machine, Source> sources = new ConcurrentHashMap<>();

    /** Used in turns. */
    private final Set<Source> ready = new LinkedHashSet<>();

    private MachineMerge(Roster roster, MachineStream<T, R> stream, CoreSubscriber<? super R> actual) {
        this.roster = roster;
        this.stream = stream;
        this.actual = actual;
        this.turns = new Turns(actual.currentContext());
    }

    static <R> Flux<R> of(Roster roster, Guards guards, MachineStream<?, R> stream) {
        return guards.guard(stream.toString(), new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super R> actual) {
                new MachineMerge<>(roster, stream, actual).start();
            }
        });
    }

    private void start() {
        actual.onSubscribe(this);
        roster.join(this);
        if (cancelled) {
            roster.leave(this);
        }
    }

    /** Listens at once, also if another thread runs steps: the machine starts when this has returned. */
    @Override
    public void added(Machine machine) {
        Source source = new Source(machine);
        if (sources.putIfAbsent(machine, source) == null) {
            source.listen();
            if (machine.isRemoved()) {
                removed(machine);
            }
            if (cancelled) {
                source.close();
            }
        }
    }

    @Override
    public void removed(Machine machine) {
        turns.run(() -> {
            Source source = sources.remove(machine);
            if (source != null) {
                source.remove();
                drain();
            }
        });
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            turns.run(this::drain);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        roster.leave(this);
        turns.run(this::release);
    }

    private void release() {
        sources.values().forEach(Source::close);
        sources.clear();
        ready.clear();
        turns.end();
    }

    private void fail(Throwable error) {
        cancelled = true;
        roster.leave(this);
        release();
        actual.onError(error);
    }

    private void drain() {
        while (!cancelled && requested.get() > 0 && !ready.isEmpty()) {
            Source source = ready.iterator().next();
            ready.remove(source);
            R element = source.take();
            if (requested.get() != Long.MAX_VALUE) {
                requested.decrementAndGet();
            }
            actual.onNext(element);
            source.proceed();
        }
    }

    /** One machine. Its signals are steps, so that none comes into another. */
    private final class Source implements CoreSubscriber<T> {

        private final Machine machine;
        private volatile Subscription upstream = Operators.emptySubscription();
        private volatile boolean closed;

        // What follows is used in turns.
        private @Nullable R next;

        /** What is said of an end, behind the last element. */
        private @Nullable R end;

        private boolean told;

        Source(Machine machine) {
            this.machine = machine;
        }

        void listen() {
            stream.of(machine).subscribe(this);
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            if (closed) {
                subscription.cancel();
            } else if (next == null && end == null) {
                subscription.request(1);
            }
        }

        @Override
        public void onNext(T value) {
            turns.run(() -> {
                if (!closed) {
                    next = stream.element(machine, value);
                    ready.add(this);
                    drain();
                }
            });
        }

        @Override
        public void onError(Throwable error) {
            turns.run(() -> ended(error));
        }

        @Override
        public void onComplete() {
            turns.run(() -> ended(null));
        }

        /** Listens again at once: the machine may be started again, and what it has then must not be missed. */
        private void ended(@Nullable Throwable error) {
            if (closed) {
                return;
            }
            if (error != null && !stream.isEndOfMachine(error)) {
                fail(error);
                return;
            }
            end = stream.ended(machine, end, error);
            ready.add(this);
            listen();
            drain();
        }

        R take() {
            R first = next;
            if (first != null) {
                next = null;
            } else {
                first = Objects.requireNonNull(end);
                end = null;
            }
            told = true;
            return first;
        }

        void proceed() {
            if (closed) {
                return;
            }
            if (end != null) {
                ready.add(this);
            } else {
                upstream.request(1);
            }
        }

        /** What has not been emitted of it is dropped. */
        void remove() {
            close();
            ready.remove(this);
            next = told ? stream.removed(machine) : null;
            end = null;
            if (next != null) {
                ready.add(this);
            }
        }

        void close() {
            closed = true;
            upstream.cancel();
        }
    }
}
