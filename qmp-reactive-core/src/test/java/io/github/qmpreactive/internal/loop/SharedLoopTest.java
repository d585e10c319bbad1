package io.github.qmpreactive.internal.loop;

import static io.github.qmpreactive.Garbage.assertCollected;
import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.CapturedLog;
import io.github.qmpreactive.Patience;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the sessions on one event loop share")
class SharedLoopTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    @DisplayName("tells each that watches of the end of the event loop, once; also when that is too late")
    void end() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(2);
        AtomicInteger unwatched = new AtomicInteger();
        Runnable gone = unwatched::incrementAndGet;
        SharedLoop.watch(loop, told::countDown);
        SharedLoop.watch(loop, gone).unwatch(gone);
        close();
        SharedLoop.watch(loop, told::countDown);
        assertTrue(told.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        assertEquals(0, unwatched.get());
    }

    @Test
    @DisplayName("tells each of the end of the event loop, also where another one throws when it is told")
    void endThrows() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            SharedLoop.watch(loop, () -> {
                told.countDown();
                throw new IllegalStateException("on purpose");
            });
        }
        try (CapturedLog log = new CapturedLog("io.netty.util.concurrent.DefaultPromise")) {
            close();
            assertTrue(told.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
            Patience.until(() -> !log.lines().isEmpty(), "Netty has not logged what was thrown");
            assertTrue(log.lines().get(0).endsWith("IllegalStateException: on purpose"), log.lines()::toString);
        }
    }

    @Test
    @DisplayName("is the same for all of them; a loop that is made for tests shares nothing")
    void same() {
        assertSame(SharedLoop.watch(loop, () -> {}), SharedLoop.watch(loop, () -> {}));
        EventLoop forTests = new EmbeddedChannel().eventLoop();
        assertNotSame(SharedLoop.watch(forTests, () -> {}), SharedLoop.watch(forTests, () -> {}));
    }

    @Test
    @DisplayName("is let go by the event loop, which goes on, with the last of them")
    void letGo() {
        assertCollected(unwatched());
    }

    private WeakReference<SharedLoop> unwatched() {
        Runnable first = () -> {};
        SharedLoop shared = SharedLoop.watch(loop, first);
        Runnable second = () -> {};
        SharedLoop.watch(loop, second);
        shared.unwatch(first);
        shared.unwatch(second);
        return new WeakReference<>(shared);
    }

    @Test
    @DisplayName("lets an event loop go that has ended")
    void ended() {
        assertCollected(endedLoop());
    }

    private static WeakReference<EventLoop> endedLoop() {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoop loop = group.next();
        SharedLoop.watch(loop, () -> {});
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        return new WeakReference<>(loop);
    }
}
