package io.github.qmpreactive.fleet;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * One piece of work at each machine, for one subscriber. A work that takes long gives up its place, but goes on: so machines
 * that are silent keep the others waiting for that long only. If very many are silent, more are begun at once than there are
 * places, so that each has half of the limit.
 */
final class EachRun<T> implements Subscription {

    /** The share of the limit after which a work that is under way has no place any more, and the longest time. */
    private static final int SHARE = 20;

    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Function<? super QmpSession, ? extends Mono<? extends T>> work;
    private final Duration limit;
    private final int atOnce;
    private final CoreSubscriber<? super Outcome<T>> actual;
    private final Turns turns;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    // What follows is used in turns.
    private final Queue<Machine> waiting;
    private final Set<Work> underWay = new LinkedHashSet<>();
    private final Queue<Outcome<T>> ready = new ArrayDeque<>();
    private Set<Work> begunNow = new HashSet<>();
    private Set<Work> begunBefore = new HashSet<>();

    private final int machines;
    private int ticks;

    EachRun(
            List<Machine> machines,
            Function<? super QmpSession, ? extends Mono<? extends T>> work,
            Duration limit,
            int atOnce,
            CoreSubscriber<? super Outcome<T>> actual) {
        this.waiting = new ArrayDeque<>(machines);
        this.machines = machines.size();
        this.work = work;
        this.limit = limit;
        this.atOnce = atOnce;
        this.actual = actual;
        this.turns = new Turns(actual.currentContext());
    }

    void start() {
        actual.onSubscribe(this);
        turns.run(() -> {
            Duration share = limit.dividedBy(SHARE).plus(SHORTEST);
            Duration turn = share.compareTo(LONGEST) < 0 ? share : LONGEST;
            long ticksOfHalf = Math.max(1, limit.dividedBy(2).dividedBy(turn));
            turns.subscribe(Operations.delay(limit).flux(), tick -> limitPassed(), never -> {}, () -> {});
            turns.subscribe(Operations.ticks(turn), tick -> age(ticksOfHalf), never -> {}, () -> {});
            proceed();
        });
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            turns.run(this::proceed);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        turns.run(this::release);
    }

    private void release() {
        waiting.clear();
        underWay.clear();
        ready.clear();
        turns.end();
    }

    /** Outcomes for which the subscriber has no demand take a place, too. */
    private void proceed() {
        do {
            drain();
            while (!cancelled && !waiting.isEmpty() && begunNow.size() + begunBefore.size() + ready.size() < atOnce) {
                begin(waiting.remove());
            }
        } while (!cancelled && requested.get() > 0 && !ready.isEmpty());
        if (!cancelled && waiting.isEmpty() && underWay.isEmpty() && ready.isEmpty()) {
            cancelled = true;
            release();
            actual.onComplete();
        }
    }

    private void drain() {
        while (!cancelled && requested.get() > 0 && !ready.isEmpty()) {
            if (requested.get() != Long.MAX_VALUE) {
                requested.decrementAndGet();
            }
            actual.onNext(ready.remove());
        }
    }

    private void begin(Machine machine) {
        QmpSession session = machine.supervisor().current().orElse(null);
        if (session == null) {
            ready.add(new Outcome.NotConnected<>(
                    machine.name(), machine.supervisor().link()));
            return;
        }
        Work begun = new Work(machine.name());
        underWay.add(begun);
        begunNow.add(begun);
        begun.subscription = turns.subscribe(
                Mono.<T>defer(() -> work.apply(session)).flux(),
                value -> begun.value = value,
                error -> end(begun, new Outcome.Failed<>(begun.machine, error)),
                () -> end(begun, new Outcome.Value<>(begun.machine, Optional.ofNullable(begun.value))));
    }

    private void end(Work done, Outcome<T> outcome) {
        underWay.remove(done);
        begunNow.remove(done);
        begunBefore.remove(done);
        ready.add(outcome);
        proceed();
    }

    /** Works that were under way at the last tick give up their places. */
    private void age(long ticksOfHalf) {
        Set<Work> emptied = begunBefore;
        emptied.clear();
        begunBefore = begunNow;
        begunNow = emptied;
        ticks++;
        long mayWait = (long) (machines * Math.max(0.0, 1 - (double) ticks / ticksOfHalf));
        while (!cancelled && waiting.size() > mayWait && ready.size() < atOnce) {
            begin(waiting.remove());
            drain();
        }
        proceed();
    }

    private void limitPassed() {
        String within = " within " + limit.toMillis() + " ms";
        String notBegun = ready.isEmpty()
                ? ", since that at other machines took as long; raise the limit, or do more at once than " + atOnce
                : ", since the subscriber has not asked for the outcomes of others; request more, or raise the limit";
        for (Work late : underWay) {
            late.subscription.dispose();
            ready.add(new Outcome.Failed<>(
                    late.machine, new TimeoutException("[" + late.machine + "] The work has not completed" + within)));
        }
        for (Machine machine : waiting) {
            ready.add(new Outcome.Failed<>(
                    machine.name(),
                    new TimeoutException("[" + machine.name() + "] The work was not begun" + within + notBegun)));
        }
        underWay.clear();
        waiting.clear();
        begunNow.clear();
        begunBefore.clear();
        proceed();
    }

    private final class Work {

        private final String machine;
        private Disposable subscription = Disposables.disposed();
        private @Nullable T value;

        Work(String machine) {
            this.machine = machine;
        }
    }
}
