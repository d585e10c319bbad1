package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Hooks;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Two kinds of hang are found. What waits for a timer, or is never ended, is found in virtual time: {@link MutatedSession}
 * advances it by two seconds. What blocks the thread, or loops, is found in real time, with the limit that a busy machine
 * meets: {@link Patience}.
 */
@ExtendWith(LeakGuard.class)
@DisplayName("A session whose server sends random replies and events, with bytes changed, cut out and put elsewhere")
class MutatedStreamTest {

    private final Queue<Object> dropped = new ConcurrentLinkedQueue<>();
    private CapturedLog log;
    private CapturedLog netty;

    @BeforeEach
    void listen() {
        log = CapturedLog.silencingSessions();
        netty = CapturedLog.ofReactorNetty();
        Hooks.onErrorDropped(dropped::add);
        Hooks.onNextDropped(dropped::add);
    }

    @AfterEach
    void stop() {
        log.close();
        netty.close();
        // What they keep is not collected, and sessions that other tests lose are to be.
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
        VirtualTimeScheduler.reset();
    }

    @Test
    @DisplayName(
            "answers every command whose reply came before the first change, as it was sent, and never hangs: all that"
                    + " was subscribed to ends, with errors of the library alone, nothing is dropped, and no buffer is kept")
    void mutated() {
        MutatedSession.Tally tally = new MutatedSession.Tally();
        int attempts = Fuzz.run("MutatedStreamTest", random -> {
            VirtualTimeScheduler time = VirtualTimeScheduler.set(VirtualTimeScheduler.create());
            MutatedSession session = new MutatedSession(random, time, tally);
            assertTimeoutPreemptively(Patience.PATIENCE, session::run, "the attempt blocks, or loops");
            assertEquals("[]", dropped.toString(), "dropped");
            assertEquals("[]", netty.lines().toString(), "warned of");
        });
        assertTrue(tally.opened > attempts / 4, tally::toString);
        assertTrue(tally.exact > attempts / 4, tally::toString);
        assertTrue(tally.failed > attempts / 4, tally::toString);
    }
}
