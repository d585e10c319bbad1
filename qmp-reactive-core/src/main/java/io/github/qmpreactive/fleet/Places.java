package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * So many attempts are counted at a time; further ones wait in the order in which they came, and can be cancelled. An attempt that
 * takes long gives up its place to one that waits, and goes on: it may have no limit, and costs nothing while the server is silent.
 *
 * <p>While attempts wait, only a part of the places is taken in each 10 ms: a place is free again after a few hundred microseconds,
 * and thousands of handshakes one after the other would keep all processors from the commands of other machines.
 *
 * <p>There are two queues, which are served in turn: slow attempts never have more than half of the places, so that the others find
 * places free, however many are slow, and the other way round.
 */
final class Places {

    /**
     * A place is given up after one to two of these, if another attempt waits. Shorter ones would let more connect at a time where
     * the event loops are so busy that handshakes take long.
     */
    static final Duration TURN = Duration.ofMillis(500);

    /** The time in which a portion of attempts is begun, while others wait. */
    static final Duration PACE = Duration.ofMillis(10);

    private static final int PORTIONS = 4;

    private final Turns turns = new Turns(Context.empty(), Lifecycle::threw);
    private final Ticker aging = new Ticker(turns, TURN, this::age);
    private final Ticker pacing;
    private final int number;
    private final int mostSlow;
    private final int portion;

    // What follows is used in turns.
    private final Set<Attempt> waiting = new LinkedHashSet<>();
    private final Set<Attempt> waitingSlow = new LinkedHashSet<>();
    private final Set<Attempt> counted = new HashSet<>();
    private int countedSlow;
    private boolean slowWasNext;

    /** In this time of the pace. */
    private int begun;

    /**
     * So many places.
     *
     * @param pace the time in which a fourth of them is taken while others wait; zero for as many as are free
     */
    Places(int number, Duration pace) {
        this.number = number;
        this.mostSlow = Math.max(1, number / 2);
        this.portion = pace.isZero() ? Integer.MAX_VALUE : Math.max(1, number / PORTIONS);
        this.pacing = new Ticker(turns, pace, this::nextPortion);
    }

    /**
     * Each subscription waits for a place, and leaves it when it ends, in whichever way.
     *
     * @param slow whether it waits with the slow ones
     * @param onTooLong is called when it has given up its place
     */
    <T> Mono<T> limit(Mono<T> source, boolean slow, Runnable onTooLong) {
        Attempt attempt = new Attempt(slow, onTooLong);
        return attempt.turn
                .asMono()
                // Attempts that fail at once would otherwise follow each other on the event loop of the first one
                // that leaves a place, and commands of other machines would wait there.
                .publishOn(Schedulers.parallel())
                .then(source)
                .doOnSubscribe(subscription -> turns.run(() -> enter(attempt)))
                .doFinally(end -> turns.run(() -> leave(attempt)));
    }

    private Set<Attempt> queueOf(Attempt attempt) {
        return attempt.slow ? waitingSlow : waiting;
    }

    private void enter(Attempt attempt) {
        queueOf(attempt).add(attempt);
        proceed();
    }

    /** One that waits has no place, and one that is counted does not wait: each of them leaves once. */
    private void leave(Attempt attempt) {
        if (!queueOf(attempt).remove(attempt)) {
            uncount(attempt);
        }
        proceed();
    }

    private void uncount(Attempt attempt) {
        if (counted.remove(attempt) && attempt.slow) {
            countedSlow--;
        }
    }

    private void proceed() {
        int begins = 0;
        while (counted.size() < number && (begun < portion || !pacing.runs())) {
            boolean slowMay = countedSlow < mostSlow && !waitingSlow.isEmpty();
            if (!slowMay && waiting.isEmpty()) {
                break;
            }
            boolean slow = slowMay && (waiting.isEmpty() || !slowWasNext);
            slowWasNext = slow;
            begin((slow ? waitingSlow : waiting).iterator());
            begins++;
        }
        if (!othersWait()) {
            aging.stop();
            return;
        }
        aging.start();
        if (begins > 0 && portion != Integer.MAX_VALUE && !pacing.runs()) {
            begun = begins;
            pacing.start();
        }
    }

    private boolean othersWait() {
        return !(waiting.isEmpty() && waitingSlow.isEmpty());
    }

    /** If none has begun in the last one, others wait for places, and need no pace. */
    private void nextPortion() {
        boolean goesOn = begun > 0 && othersWait();
        begun = 0;
        if (goesOn) {
            pacing.start();
        }
        proceed();
    }

    private void begin(Iterator<Attempt> queue) {
        Attempt next = queue.next();
        queue.remove();
        counted.add(next);
        begun++;
        if (next.slow) {
            countedSlow++;
        }
        next.turn.tryEmitEmpty().orThrow();
    }

    /** Those that were under way at the tick before give up their places. */
    private void age() {
        for (Attempt attempt : Set.copyOf(counted)) {
            if (attempt.aged) {
                uncount(attempt);
                attempt.onTooLong.run();
            }
            attempt.aged = true;
        }
        proceed();
    }

    private static final class Attempt {

        private final Sinks.Empty<Void> turn = Sinks.empty();
        private final boolean slow;
        private final Runnable onTooLong;
        private boolean aged;

        Attempt(boolean slow, Runnable onTooLong) {
            this.slow = slow;
            this.onTooLong = onTooLong;
        }
    }
}
