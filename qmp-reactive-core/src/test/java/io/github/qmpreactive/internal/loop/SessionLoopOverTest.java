package io.github.qmpreactive.internal.loop;

import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P29 Tasks of a session whose event loop is shut down")
class SessionLoopOverTest {

    private final SessionLoop loop = over();
    private final List<String> log = new ArrayList<>();

    private static SessionLoop over() {
        DefaultEventLoop loop = new DefaultEventLoop();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        return new SessionLoop(loop);
    }

    /** Runs on a thread that does not keep the JVM from ending, should it be blocked. */
    private static FutureTask<Void> start(Runnable task) {
        FutureTask<Void> started = new FutureTask<>(task, null);
        Thread thread = new Thread(started);
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("of two sessions run, although each task adds one to the other session, whose task is running")
    void crosswise() throws Exception {
        SessionLoop other = over();
        CyclicBarrier both = new CyclicBarrier(2);
        Set<String> ran = ConcurrentHashMap.newKeySet();
        FutureTask<Void> first = start(() -> loop.execute(() -> {
            meet(both);
            other.execute(() -> ran.add("of the first"));
        }));
        FutureTask<Void> second = start(() -> other.execute(() -> {
            meet(both);
            loop.execute(() -> ran.add("of the second"));
        }));
        first.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        second.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertEquals(Set.of("of the first", "of the second"), ran);
    }

    @Test
    @DisplayName("run on the thread that adds them, one that a task adds after that task")
    void order() {
        loop.execute(() -> {
            loop.afterThis(() -> log.add("first"));
            loop.execute(() -> log.add("second"));
            log.add("task");
        });
        assertEquals(List.of("task", "first", "second"), log);
    }

    @Test
    @DisplayName("run although another one throws; the first exception is thrown on, and later tasks run")
    void exceptions() {
        StackOverflowError thrown = assertThrows(
                StackOverflowError.class,
                () -> loop.execute(() -> {
                    loop.execute(() -> {
                        throw new IllegalStateException("second");
                    });
                    loop.execute(() -> log.add("third"));
                    throw new StackOverflowError("first");
                }));
        assertEquals("first", thrown.getMessage());
        loop.execute(() -> log.add("later"));
        assertEquals(List.of("third", "later"), log);
    }
}
