package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@ExtendWith(LeakGuard.class)
@DisplayName("While the event loop of the fakes is busy")
class FakeBlockingTest {

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);

    private final FakeQmpServer fake = FakeQmpServer.create()
            .withoutNegotiation()
            .when("work")
            .reply(command -> {
                busy.countDown();
                await(free);
                order.add("loop");
                return command.raw();
            });

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Runnable> actions(RunningFakeQmpServer server) {
        FakeConnection connection = server.awaitConnection();
        Map<String, Runnable> actions = new LinkedHashMap<>();
        actions.put("faults().garbage()", connection.faults()::garbage);
        actions.put("faults().silence()", connection.faults()::silence);
        actions.put("connection.emit", () -> connection.emit("STOP"));
        actions.put("server.emit", () -> server.emit("STOP"));
        return actions;
    }

    @Test
    @DisplayName("what a test does to a connection returns when the loop has done it")
    void waits() throws Exception {
        try (RunningFakeQmpServer server = fake.startUnix();
                RawClient client = RawClient.connect(server.address())) {
            Map<String, Runnable> actions = actions(server);
            client.send("{\"execute\":\"work\"}");
            await(busy);
            for (Runnable action : actions.values()) {
                Thread thread = new Thread(() -> {
                    action.run();
                    order.add("action");
                });
                thread.start();
                while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
                    Thread.onSpinWait();
                }
                assertEquals(List.of(), order);
                assertNotEquals(Thread.State.TERMINATED, thread.getState());
            }
            free.countDown();
            server.awaitCommand("work");
            assertEquals("loop", order.get(0));
        }
    }

    @Test
    @DisplayName("what a test does to a connection returns at once on a thread that must not block")
    void doesNotWait() throws Exception {
        try (RunningFakeQmpServer server = fake.startUnix();
                RawClient client = RawClient.connect(server.address())) {
            Map<String, Runnable> actions = actions(server);
            client.send("{\"execute\":\"work\"}");
            await(busy);
            actions.values().forEach(action -> Mono.fromRunnable(action)
                    .subscribeOn(Schedulers.parallel())
                    .block(PATIENCE));
            assertEquals(List.of(), order);
            free.countDown();
        }
    }
}
