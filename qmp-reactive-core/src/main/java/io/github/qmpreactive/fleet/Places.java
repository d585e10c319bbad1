package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Operations;
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
 * <p>There are two queues, which are served in turn: slow attempts never have more than half of the places, so that the others find
 * places free, however many are slow, and the other way round.
 */
final class Places {

    /**
     * A place is given up after one to two of these, if another attempt waits. Shorter ones would let more connect at a time where
     * the event loops are so busy that handshakes take long.
     */
    static final Duration TURN = Duration.ofMillis(500);

    private final Turns turns = new Turns(Context.empty(), Lifecycle::threw);
    private final int number;
    private final int mostSlow;

    // What follows is used in turns.
    private final Set<Attempt> waiting = new LinkedHashSet<>();
    private final Set<Attempt> waitingSlow = new LinkedHashSet<>();
    private final Set<Attempt> counted = new HashSet<>();
    private int countedSlow;
    private boolean slowWasNext;
    private boolean ticks;

    Places(int number) {
        this.number = number;
        this.mostSlow = Math.max(1, number / 2);
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
        while (counted.size() < number) {
            boolean slowMay = countedSlow < mostSlow && !waitingSlow.isEmpty();
            if (!slowMay && waiting.isEmpty()) {
                break;
            }
            boolean slow = slowMay && (waiting.isEmpty() || !slowWasNext);
            slowWasNext = slow;
            begin((slow ? waitingSlow : waiting).iterator());
        }
        if (!ticks && !(waiting.isEmpty() && waitingSlow.isEmpty())) {
            ticks = true;
            tick();
        }
    }

    private void begin(Iterator<Attempt> queue) {
        Attempt next = queue.next();
        queue.remove();
        counted.add(next);
        if (next.slow) {
            countedSlow++;
        }
        next.turn.tryEmitEmpty().orThrow();
    }

    private void tick() {
        turns.subscribe(Operations.delay(TURN).flux(), tick -> age(), never -> {}, () -> {});
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
        ticks = false;
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
