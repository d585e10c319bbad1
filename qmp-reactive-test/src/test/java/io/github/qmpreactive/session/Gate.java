package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds one thread where it is, until another one has done what it wants to do meanwhile. */
final class Gate {

    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Waits until the gate is open; on the thread that is to be held. */
    void hold() {
        held.countDown();
        await(opened);
    }

    /** Waits until the other thread is held. */
    void awaitHeld() {
        await(held);
    }

    void open() {
        opened.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Clients.PATIENCE.toSeconds(), TimeUnit.SECONDS), "no thread came to the gate");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
