package io.github.qmpreactive;

import java.lang.ref.Cleaner;
import reactor.core.publisher.Mono;

/**
 * Closes what was emitted and reached no subscriber. A subscriber that cancels at the moment of the emission drops the
 * value, without a word to where it came from: so what nothing refers to any more, and was never used, is closed when the
 * garbage collector finds that.
 */
final class CloseOnCollect {

    /** Made when it is needed. */
    private static final class Cleaners {
        static final Cleaner INSTANCE = Cleaner.create();
    }

    /** Must not refer to what is watched. */
    private static final class State implements Runnable {
        private final Mono<Void> close;
        volatile boolean used;

        State(Mono<Void> close) {
            this.close = close;
        }

        @Override
        public void run() {
            if (!used) {
                // No one is left to hear of an error.
                close.onErrorComplete().subscribe();
            }
        }
    }

    private final State state;

    private CloseOnCollect(State state) {
        this.state = state;
    }

    /**
     * Watches something.
     *
     * @param watched what is handed out
     * @param close closes what it stands for, and refers to that alone
     * @return is told when it is used
     */
    static CloseOnCollect watch(Object watched, Mono<Void> close) {
        State state = new State(close);
        var unused = Cleaners.INSTANCE.register(watched, state);
        return new CloseOnCollect(state);
    }

    /** It is used, and from now on its user's to close. */
    void used() {
        if (!state.used) {
            state.used = true;
        }
    }
}
