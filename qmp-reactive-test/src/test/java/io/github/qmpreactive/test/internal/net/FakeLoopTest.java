package io.github.qmpreactive.test.internal.net;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The event loop of the fakes")
class FakeLoopTest {

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    @DisplayName("that a task blocks does not block the test for ever: the error shows where the task blocks")
    void blocked() {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch latch = new CountDownLatch(1);
        loop.execute(() -> {
            began.countDown();
            waitFor(latch);
        });
        waitFor(began);
        AssertionError error =
                assertThrows(AssertionError.class, () -> FakeLoop.run(loop, () -> {}, Duration.ofMillis(100)));
        latch.countDown();
        assertEquals(
                "The event loop of the fakes has been blocked for PT0.1S: what answers a command, or is subscribed to a"
                        + " fake, must not wait. Its stack is the cause of this",
                error.getMessage());
        assertTrue(Arrays.stream(error.getCause().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("waitFor")));
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("throws what a task throws to the caller that waits for it")
    void thrown() {
        IllegalStateException thrown = new IllegalStateException("mine");
        assertEquals(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> FakeLoop.run(
                                loop,
                                () -> {
                                    throw thrown;
                                },
                                PATIENCE)));
    }
}
