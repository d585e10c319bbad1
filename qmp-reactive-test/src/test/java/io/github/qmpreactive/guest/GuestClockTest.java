package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.DONE;
import static io.github.qmpreactive.guest.FakeGuests.RUNNING;
import static io.github.qmpreactive.guest.FakeGuests.THAW;
import static io.github.qmpreactive.guest.FakeGuests.executing;
import static io.github.qmpreactive.guest.FakeGuests.guest;

import io.github.qmpreactive.error.GuestMayBeFrozenError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("While the clock of the machine is set back again and again")
class GuestClockTest {

    private final Scheduler tasks = Schedulers.newParallel("set-back", 2, true);
    private final Schedulers.Snapshot before = Schedulers.setFactoryWithSnapshot(new Schedulers.Factory() {
        @Override
        public Scheduler newParallel(int parallelism, ThreadFactory threads) {
            return new SetBack();
        }
    });

    @AfterEach
    void reset() {
        Schedulers.resetFrom(before);
        tasks.dispose();
    }

    @Test
    @DisplayName("a program is waited for without a limit")
    void program() {
        try (RunningFakeQmpServer server =
                executing(Answer.reply(RUNNING), Answer.reply(DONE)).startUnix()) {
            StepVerifier.create(guest(server).exec(GuestCommand.of("true")))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("the limit of thawing is kept")
    void thawing() {
        try (RunningFakeQmpServer server =
                FrozenTest.freezing().when(THAW).error("GenericError", "no").startUnix()) {
            FreezeOptions options = FreezeOptions.defaults().thawLimit(Duration.ofMillis(1));
            StepVerifier.create(guest(server).frozen(Mono.just(1), options)).verifyError(GuestMayBeFrozenError.class);
        }
    }

    private final class SetBack implements Scheduler {

        private final AtomicLong time = new AtomicLong();

        @Override
        public long now(TimeUnit unit) {
            return unit.compareTo(TimeUnit.MILLISECONDS) < 0
                    ? tasks.now(unit)
                    : unit.convert(time.addAndGet(-3_600_000), TimeUnit.MILLISECONDS);
        }

        @Override
        public Disposable schedule(Runnable task) {
            return tasks.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return tasks.schedule(task, delay, unit);
        }

        @Override
        public Worker createWorker() {
            return tasks.createWorker();
        }
    }
}
