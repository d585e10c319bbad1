package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.observe.ObservedSession;
import io.github.qmpreactive.observe.QmpObserver;
import io.github.qmpreactive.observe.SessionObservation;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Cancels openings of sessions at the moment of the emission. The observer of the client tells on the event loop that the
 * handshake is complete, a few microseconds before the session is emitted; a second thread waits for that and cancels. One of
 * them then spins for a moment. Each outcome moves the next moment towards the other outcome, so that both are equally
 * frequent however fast the machine is, and whatever runs beside. Each fourth round cancels at any moment of the handshake
 * in place of that.
 */
final class EmissionRace implements QmpObserver {

    private static final int ROUNDS = Math.max(400, Races.ROUNDS);
    private static final int ANY_MOMENT = 4;

    /** Of the rounds with a race each outcome has one in so many at least: about half of them, where nothing else runs. */
    private static final int FAIR = 5;

    private static final long SPREAD_NANOS = 10_000;
    private static final long FIRST_STEP_NANOS = 1_000;
    private static final long LONGEST_NANOS = 20_000_000;

    private final RunningFakeQmpServer server;
    private final AtomicInteger handedOut = new AtomicInteger();
    private final AtomicInteger used = new AtomicInteger();
    private final Queue<Object> complaints = new ConcurrentLinkedQueue<>();

    private volatile boolean ready;
    private volatile long emissionWaits;

    /** By so much the cancel is later; less than zero: the emission. */
    private long offset;

    private long step = FIRST_STEP_NANOS;
    private boolean wasEmitted;
    private long handshakeNanos = 1_000_000;

    EmissionRace(RunningFakeQmpServer server) {
        this.server = server;
    }

    @Override
    public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
        return new SessionObservation() {
            @Override
            public void ready() {
                ready = true;
                spin(emissionWaits);
            }
        };
    }

    /** A session was emitted; this is done with it, and must succeed. */
    <T> Mono<T> handedOut(Mono<T> use) {
        handedOut.incrementAndGet();
        return use.doOnNext(value -> used.incrementAndGet()).doOnError(complaints::add);
    }

    /** A session was emitted; what is done with it may be cancelled. */
    void handedOut() {
        handedOut.incrementAndGet();
        used.incrementAndGet();
    }

    /** Races each opening, all of which call {@code handedOut} when they have emitted a session, with a cancel. */
    void run(Supplier<? extends Publisher<?>> openings) {
        // Reactor's hook of operator errors says nothing here: it is given the error of each Mono.error().
        try (CapturedLog log = CapturedLog.warningsOfSessions();
                CapturedLog netty = CapturedLog.ofReactorNetty()) {
            int emitted = 0;
            int races = 0;
            for (int i = 0; i < ROUNDS; i++) {
                if (i % ANY_MOMENT == 0) {
                    cancelAtAnyMoment(openings.get());
                } else {
                    races++;
                    emitted += race(openings.get(), i % 2 == 0) ? 1 : 0;
                }
                assertEquals(List.of(), List.copyOf(complaints), "round " + i);
            }
            String shares = "Of " + races + " races the cancel won " + (races - emitted);
            System.out.println("EmissionRace: " + shares);
            assertTrue(Math.min(emitted, races - emitted) >= races / FAIR, shares);
            awaitAllClosed();
            assertEquals(handedOut.get(), used.get(), "Sessions that were handed out, and those that worked");
            assertEquals(List.of(), List.copyOf(complaints));
            assertEquals(List.of(), List.copyOf(log.lines()));
            assertEquals(List.of(), List.copyOf(netty.lines()));
        }
    }

    private boolean race(Publisher<?> opening, boolean cancelFirst) {
        long jitter = ThreadLocalRandom.current().nextLong(SPREAD_NANOS);
        long later = offset + (cancelFirst ? -jitter : jitter);
        int before = handedOut.get();
        emissionWaits = Math.max(0, -later);
        ready = false;
        long start = System.nanoTime();
        Opening subscriber = subscribe(opening);
        for (int i = 0; !ready && !subscriber.isOver(); i++) {
            pause(i);
        }
        handshakeNanos = (handshakeNanos * 7 + System.nanoTime() - start) / 8;
        spin(later);
        subscriber.cancel();
        awaitAllClosed();
        boolean emitted = handedOut.get() > before;
        aim(emitted);
        return emitted;
    }

    /** In steps that grow while the same side wins. */
    private void aim(boolean emitted) {
        step = emitted == wasEmitted ? step * 2 : FIRST_STEP_NANOS;
        wasEmitted = emitted;
        long next = emitted ? offset - step : offset + step;
        offset = Math.max(-LONGEST_NANOS, Math.min(LONGEST_NANOS, next));
    }

    private void cancelAtAnyMoment(Publisher<?> opening) {
        emissionWaits = 0;
        Opening subscriber = subscribe(opening);
        spin(ThreadLocalRandom.current().nextLong(Math.min(handshakeNanos, LONGEST_NANOS)));
        subscriber.cancel();
        awaitAllClosed();
    }

    private Opening subscribe(Publisher<?> opening) {
        Opening subscriber = new Opening();
        opening.subscribe(subscriber);
        return subscriber;
    }

    /** Does nothing that might bring the garbage collector about, which closes sessions that are lost. */
    private void awaitAllClosed() {
        for (FakeConnection connection : server.openConnections()) {
            connection
                    .closed()
                    .timeout(Clients.PATIENCE, Mono.error(() -> new AssertionError("left open: " + connection)))
                    .block();
        }
    }

    private static void pause(int turn) {
        if (turn % 1_000 < 999) {
            Thread.onSpinWait();
        } else {
            // The other thread may need this one's processor.
            Thread.yield();
        }
    }

    private static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    /** Not Reactor's own, which hands a value that comes as it is cancelled to the hook. */
    private final class Opening extends BaseSubscriber<Object> {

        private volatile boolean over;

        boolean isOver() {
            return over;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        protected void hookOnError(Throwable error) {
            over = true;
            complaints.add(error);
        }

        @Override
        protected void hookOnComplete() {
            over = true;
        }
    }
}
