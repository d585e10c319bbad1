package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A timer that runs while it is wanted, for one tick. Used in turns. */
final class Ticker {

    private final Turns turns;
    private final Duration delay;
    private final Runnable onTick;
    private Disposable pending = Disposables.disposed();

    /** The one that the tick is of: when Reactor's are shut down or replaced, it does not come. */
    private Scheduler clock = Schedulers.immediate();

    private boolean runs;

    Ticker(Turns turns, Duration delay, Runnable onTick) {
        this.turns = turns;
        this.delay = delay;
        this.onTick = onTick;
    }

    /** Ticks once, after the delay. Without effect while it runs. */
    void start() {
        if (!runs()) {
            stop();
            runs = true;
            clock = Schedulers.parallel();
            pending = turns.subscribe(Operations.delay(delay).flux(), tick -> tick(), never -> {}, () -> runs = false);
        }
    }

    /** Whether a tick is to come. */
    boolean runs() {
        return runs && clock == Schedulers.parallel();
    }

    void stop() {
        runs = false;
        pending.dispose();
    }

    private void tick() {
        // Its completion, which comes next, would be taken for that of a tick that is started now.
        stop();
        onTick.run();
    }
}
