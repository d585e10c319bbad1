package io.github.qmpreactive.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@DisplayName("P21 A timer that is started when Reactor's clock is shut down")
class SessionLoopTest {

    private static final Duration DELAY = Duration.ofSeconds(10);

    private final AtomicReference<Scheduler> clock = new AtomicReference<>();
    private final AtomicInteger runs = new AtomicInteger();

    @BeforeEach
    void shutDown() {
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                clock.set(Schedulers.Factory.super.newParallel(parallelism, threads));
                return clock.get();
            }
        });
        assertFalse(Schedulers.parallel().isDisposed());
        clock.get().dispose();
    }

    @AfterEach
    void reset() {
        Schedulers.resetFactory();
    }

    private static void advance(EmbeddedChannel channel) {
        channel.advanceTimeBy(DELAY.toSeconds(), TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    @DisplayName("is one of the event loop, and can be disposed of")
    void ownClock() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        SessionLoop loop = new SessionLoop(channel.eventLoop());
        Disposable first = loop.schedule(DELAY, runs::incrementAndGet);
        assertEquals(0, runs.get());
        advance(channel);
        assertEquals(1, runs.get());
        first.dispose();
        Disposable second = loop.schedule(DELAY, runs::incrementAndGet);
        second.dispose();
        advance(channel);
        assertEquals(1, runs.get());
        channel.close();
    }

    @Test
    @DisplayName("on an event loop that is over as well never runs, and nothing is thrown")
    void over() {
        DefaultEventLoop over = new DefaultEventLoop();
        shutDown(over);
        assertTrue(new SessionLoop(over).schedule(DELAY, runs::incrementAndGet).isDisposed());
    }

    @Test
    @DisplayName("can be disposed of when its event loop is over, and nothing is thrown")
    void overLater() {
        DefaultEventLoop loop = new DefaultEventLoop();
        Disposable timer = new SessionLoop(loop).schedule(Duration.ofDays(1), runs::incrementAndGet);
        shutDown(loop);
        timer.dispose();
        assertEquals(0, runs.get());
    }

    @Test
    @DisplayName("for a delay is one of an event loop, and is cancelled with its subscription")
    void delay() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        StepVerifier.create(Timers.delay(channel::eventLoop, DELAY))
                .then(() -> advance(channel))
                .verifyComplete();
        Timers.delay(channel::eventLoop, DELAY)
                .doOnTerminate(runs::incrementAndGet)
                .subscribe()
                .dispose();
        advance(channel);
        assertEquals(0, runs.get());
        channel.close();
    }

    private static void shutDown(DefaultEventLoop loop) {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
