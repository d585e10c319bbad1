package io.github.qmpreactive.internal.loop;

import static io.github.qmpreactive.Garbage.assertCollected;
import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What many sessions on one event loop do at the same time")
class LoopSessionsTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final AtomicLong nanos = new AtomicLong();
    private final LoopSessions sessions = new LoopSessions(loop, nanos::get);

    /** Written on the event loop. */
    private final List<String> order = new ArrayList<>();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void onLoop(Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    /** The event loop has nothing left to do: each look at its connections runs one slice at most. */
    private void awaitOrder(int size) {
        while (loop.submit(order::size).syncUninterruptibly().getNow() < size) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("is done at once by the first, and by the others behind what the event loop has to do")
    void first() {
        onLoop(() -> {
            sessions.inTurn(() -> order.add("first"));
            sessions.inTurn(() -> order.add("second"));
            sessions.inTurn(() -> order.add("third"));
            loop.execute(() -> order.add("other"));
        });
        awaitOrder(4);
        assertEquals(List.of("first", "other", "second", "third"), order);
    }

    @Test
    @DisplayName("leaves room for the others after each millisecond")
    void slices() {
        onLoop(() -> {
            sessions.inTurn(() -> order.add("first"));
            sessions.inTurn(() -> {
                loop.execute(() -> order.add("other"));
                order.add("second");
                nanos.addAndGet(1_000_000);
            });
            sessions.inTurn(() -> order.add("third"));
        });
        awaitOrder(4);
        assertEquals(List.of("first", "second", "other", "third"), order);
    }

    @Test
    @DisplayName("is done at once again by one that comes when the others are through")
    void again() {
        onLoop(() -> {
            sessions.inTurn(() -> order.add("first"));
            sessions.inTurn(() -> order.add("second"));
        });
        awaitOrder(2);
        onLoop(() -> {
            sessions.inTurn(() -> order.add("third"));
            order.add("behind");
        });
        assertEquals(List.of("first", "second", "third", "behind"), order);
    }

    @Test
    @DisplayName("goes on with the next one when one throws")
    void exception() {
        onLoop(() -> {
            sessions.inTurn(() -> order.add("first"));
            sessions.inTurn(() -> {
                throw new IllegalStateException("on purpose");
            });
            sessions.inTurn(() -> order.add("third"));
        });
        awaitOrder(2);
        assertEquals(List.of("first", "third"), order);
    }

    @Test
    @DisplayName("learns of the end of the event loop, once, if it watches; also when that is too late")
    void end() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(2);
        AtomicInteger unwatched = new AtomicInteger();
        Runnable gone = unwatched::incrementAndGet;
        LoopSessions shared = LoopSessions.on(loop);
        shared.watch(told::countDown);
        shared.watch(gone);
        shared.unwatch(gone);
        close();
        shared.watch(told::countDown);
        assertTrue(told.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        assertEquals(0, unwatched.get());
    }

    @Test
    @DisplayName("learns of the end of the event loop also where another one throws when it does")
    void endThrows() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(3);
        LoopSessions shared = LoopSessions.on(loop);
        for (int i = 0; i < 3; i++) {
            shared.watch(() -> {
                told.countDown();
                throw new IllegalStateException("on purpose");
            });
        }
        close();
        assertTrue(told.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Test
    @DisplayName("is kept for each event loop, until that has ended; a loop that is made for tests is never kept")
    void kept() {
        assertSame(LoopSessions.on(loop), LoopSessions.on(loop));
        EventLoop forTests = new EmbeddedChannel().eventLoop();
        assertNotSame(LoopSessions.on(forTests), LoopSessions.on(forTests));
        WeakReference<EventLoop> reference = ended();
        assertCollected(reference);
    }

    private static WeakReference<EventLoop> ended() {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoop loop = group.next();
        LoopSessions.on(loop).watch(() -> {});
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        return new WeakReference<>(loop);
    }
}
