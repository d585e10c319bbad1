package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.LastingStream;
import io.github.qmpreactive.internal.operation.Turns;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
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
 * Merges one stream of each machine, for one subscriber. Each machine has one element here at a time, or a gap and what follows
 * it, and they are emitted in turn: what else a machine has waits in its own stream, which bounds it. Other merges of Reactor's look at all sources for
 * each element.
 *
 * @param <T> what a machine emits
 * @param <R> what is emitted here
 */
final class MachineMerge<T, R> implements Subscription, Roster.Follower {

    /** Of so many machines that were removed waits what they had, and of those before them nothing. */
    private static final int MOST_REMOVED = 100;

    private final Roster roster;
    private final MachineStream<T, R> stream;
    private final CoreSubscriber<? super R> actual;
    private final Turns turns;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    private final ConcurrentMap<Machine, Source> sources = new ConcurrentHashMap<>();

    // What follows is used in turns.
    private final Set<Source> ready = new LinkedHashSet<>();

    /** The newest of each name: one that is added meanwhile comes after it. */
    private final Map<String, Source> newest = new HashMap<>();

    /**
     * Those of machines that were removed, of which something waits, be it the gap alone; but not the gap before the events of a
     * machine that was added again, of which there is one for each such machine.
     */
    private final Set<Source> leaving = new LinkedHashSet<>();

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
        if (!machine.isRemoved() && sources.putIfAbsent(machine, source) == null) {
            turns.run(source::enter);
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
                source.enter(); // the thread that adds it may not have come to that
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
        leaving.forEach(Source::close);
        sources.clear();
        leaving.clear();
        ready.clear();
        newest.clear();
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

    /**
     * One machine. Its signals are steps, so that none comes into another. One whose machine was removed is followed by that of the
     * next machine of its name.
     */
    private final class Source implements CoreSubscriber<T> {

        private final Machine machine;
        private final LastingStream lasting = new LastingStream();
        private final Context context;
        private volatile Subscription upstream = Operators.emptySubscription();
        private volatile boolean closed;

        // What follows is used in turns.
        private @Nullable R next;

        /** What comes behind the next one, if that may still grow. */
        private @Nullable R following;

        private @Nullable Source before;
        private @Nullable Source after;
        private boolean hasEntered;
        private boolean awaits = true;
        private boolean hasCompleted;
        private boolean needsLast;

        /** Its last element is the next one, and then it was taken. */
        private boolean isLast;

        private boolean isOver;

        Source(Machine machine) {
            this.machine = machine;
            this.context = lasting.in(actual.currentContext());
            this.needsLast = stream.needsLast(machine, null);
        }

        void enter() {
            if (hasEntered) {
                return;
            }
            hasEntered = true;
            before = newest.put(machine.name(), this);
            if (before != null) {
                before.after = this;
            }
        }

        void listen() {
            stream.of(machine).subscribe(this);
        }

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            if (closed) {
                subscription.cancel();
            } else {
                subscription.request(1);
            }
        }

        @Override
        public void onNext(T value) {
            turns.run(() -> {
                awaits = false;
                if (!closed) {
                    add(stream.element(machine, value));
                    offer();
                    drain();
                }
            });
        }

        @Override
        public void onError(Throwable error) {
            turns.run(() -> {
                if (!closed) {
                    fail(error);
                }
            });
        }

        /** It was removed, and has nothing more. */
        @Override
        public void onComplete() {
            turns.run(() -> {
                hasCompleted = true;
                if (!closed && next == null) {
                    finish();
                    drain();
                }
            });
        }

        private void add(R element) {
            R first = next;
            if (first == null) {
                next = element;
            } else {
                next = stream.merged(first, element);
                if (next == null) {
                    next = first;
                    following = element;
                }
            }
            requestMore();
        }

        private void requestMore() {
            boolean wants = next == null || (following == null && stream.mayGrow(next));
            if (wants && !closed && !awaits && !hasCompleted) {
                awaits = true;
                upstream.request(1);
            }
        }

        private void offer() {
            if (before == null && (next != null || isLast)) {
                ready.add(this);
            }
        }

        R take() {
            R first = next;
            if (first == null) {
                isOver = true;
                return stream.last(machine, lasting.missed());
            }
            next = following;
            following = null;
            needsLast = stream.needsLast(machine, first);
            return first;
        }

        void proceed() {
            if (isOver) {
                leave();
            } else if (next == null && hasCompleted) {
                finish();
            } else {
                offer();
                requestMore();
            }
        }

        void remove() {
            Source earlier = before;
            if (earlier != null) {
                close();
                leave();
                earlier.keep();
            } else if (stream.endsBehindWhatWaits()) {
                keep();
                lasting.end();
            } else {
                finish();
            }
        }

        /** It is that of the machine that was removed last. */
        private void keep() {
            if (stream.endsBehindWhatWaits()) {
                leaving.remove(this);
                leaving.add(this);
                if (leaving.size() > MOST_REMOVED) {
                    leaving.iterator().next().drop();
                }
            }
        }

        private void drop() {
            leaving.remove(this);
            if (after == null) {
                close();
                leave();
            } else {
                finish();
            }
        }

        /** What has not been emitted of it is dropped, but for its last element. */
        private void finish() {
            close();
            ready.remove(this);
            next = null;
            following = null;
            if (needsLast) {
                isLast = true;
                offer();
            } else {
                leave();
            }
        }

        private void leave() {
            ready.remove(this);
            leaving.remove(this);
            Source earlier = before;
            Source later = after;
            if (earlier != null) {
                earlier.after = later;
            }
            if (later != null) {
                later.before = earlier;
                later.offer();
            } else if (earlier != null) {
                newest.put(machine.name(), earlier);
            } else {
                newest.remove(machine.name());
            }
        }

        void close() {
            closed = true;
            upstream.cancel();
        }
    }
}
