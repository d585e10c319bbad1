package io.github.qmpreactive.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.CapturedLog;
import io.github.qmpreactive.Patience;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What comes up for many sessions on one event loop at the same time")
class SlicesTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final AtomicLong nanos = new AtomicLong();
    private final Slices slices = new Slices(loop, nanos::get);

    /** Written on the event loop. */
    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void onLoop(Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    private void awaitOrder(int size) {
        Patience.until(
                () -> loop.submit(order::size).syncUninterruptibly().getNow() == size, "Not " + size + " have run");
    }

    @Test
    @DisplayName("is done at once by the first, and by the others behind what the event loop has to do")
    void first() {
        onLoop(() -> {
            slices.run(() -> order.add("first"));
            slices.run(() -> order.add("second"));
            slices.run(() -> order.add("third"));
            loop.execute(() -> order.add("other"));
        });
        awaitOrder(4);
        assertEquals(List.of("first", "other", "second", "third"), order);
    }

    @Test
    @DisplayName("leaves room for the others after each millisecond")
    void slices() {
        onLoop(() -> {
            slices.run(() -> order.add("first"));
            slices.run(() -> {
                loop.execute(() -> order.add("other"));
                order.add("second");
                nanos.addAndGet(1_000_000);
            });
            slices.run(() -> order.add("third"));
        });
        awaitOrder(4);
        assertEquals(List.of("first", "second", "other", "third"), order);
    }

    @Test
    @DisplayName("leaves the event loop to the others for four times as long as a slice took, 100 ms at most")
    void pause() {
        List<Long> delays = new CopyOnWriteArrayList<>();
        EventLoop timed = new DefaultEventLoop() {
            @Override
            public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
                delays.add(unit.toNanos(delay));
                return super.schedule(command, delay, unit);
            }
        };
        Slices inTime = new Slices(timed, nanos::get);
        CountDownLatch done = new CountDownLatch(1);
        timed.execute(() -> {
            inTime.run(() -> {});
            inTime.run(() -> nanos.addAndGet(1_700_000));
            inTime.run(() -> nanos.addAndGet(1_000_000_000));
            inTime.run(done::countDown);
        });
        Patience.until(() -> done.getCount() == 0, "The last one has not run");
        timed.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        assertEquals(List.of(0L, 6_800_000L, 100_000_000L), delays);
    }

    @Test
    @DisplayName("is done at once again by one that comes when the others are through")
    void again() {
        onLoop(() -> {
            slices.run(() -> order.add("first"));
            slices.run(() -> order.add("second"));
        });
        awaitOrder(2);
        onLoop(() -> {
            slices.run(() -> order.add("third"));
            order.add("behind");
        });
        assertEquals(List.of("first", "second", "third", "behind"), order);
    }

    @Test
    @DisplayName("goes on with the next one when one throws")
    void exception() {
        try (CapturedLog log = new CapturedLog("io.netty.util.concurrent.AbstractEventExecutor")) {
            onLoop(() -> {
                slices.run(() -> order.add("first"));
                slices.run(() -> {
                    throw new IllegalStateException("on purpose");
                });
                slices.run(() -> order.add("third"));
            });
            awaitOrder(2);
            assertEquals(List.of("first", "third"), order);
            assertEquals(1, log.lines().size(), log.lines()::toString);
            assertTrue(log.lines().get(0).endsWith("IllegalStateException: on purpose"), log.lines()::toString);
        }
    }
}
