package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.guest.GuestCommand;
import io.github.qmpreactive.guest.QgaGuest;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeAgent;
import io.github.qmpreactive.test.vm.FakeProgram;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeAgent;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("The client's guide: in the guest")
@ExtendWith(LeakGuard.class)
class GuestSnippetsTest {

    private final GuestSnippets snippets = new GuestSnippets();

    private static FakeAgent running(String path, FakeProgram program) {
        return FakeAgent.create().withProgram(path, program);
    }

    @Test
    @DisplayName("guest-exec emits what a program has printed, unless it has failed")
    void exec() {
        for (int exitCode : new int[] {0, 1}) {
            FakeProgram df = FakeProgram.exits(exitCode).printing("1234");
            try (RunningFakeAgent agent = running("df", df).start()) {
                StepVerifier.create(agent.client().use(snippets::freeSpace))
                        .expectNextCount(1 - exitCode)
                        .expectComplete()
                        .verify(PATIENCE);
            }
        }
    }

    /** Each query has a limit of its own, so it has to be answered before more time passes. */
    private static void advance(VirtualTimeScheduler time, QgaSession session, int seconds) {
        for (int i = 0; i < seconds; i++) {
            session.execute("guest-ping").block(PATIENCE);
            time.advanceTimeBy(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("guest-exec-later waits on for a program that has outlasted its limit")
    void later() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        FakeProgram upgrade = FakeProgram.exits(0).takes(Duration.ofMinutes(11));
        try (RunningFakeAgent agent = running("upgrade", upgrade).start()) {
            QgaSession session = agent.client().connect().block(PATIENCE);
            StepVerifier.create(snippets.upgrade(QgaGuest.of(session), GuestCommand.of("upgrade")))
                    .then(() -> agent.server().awaitCommand("guest-exec-status"))
                    .then(() -> advance(time, session, 11 * 60 + 2))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("guest-files copies a file from one guest to another")
    void files() {
        try (RunningFakeAgent from =
                        FakeAgent.create().withFile("/etc/motd", "abc").start();
                RunningFakeAgent to = FakeAgent.create().start()) {
            Mono<Long> copy = from.client().use(source -> to.client()
                    .use(target -> snippets.copy(QgaGuest.of(source), QgaGuest.of(target), "/etc/motd")));
            StepVerifier.create(copy).expectNext(3L).expectComplete().verify(PATIENCE);
            assertArrayEquals(from.file("/etc/motd"), to.file("/etc/motd"));
            assertEquals(0, from.openFiles() + to.openFiles());
        }
    }

    @Test
    @DisplayName("guest-frozen makes a snapshot while the guest is frozen, and thaws it also if that fails")
    void frozen() {
        for (boolean fails : new boolean[] {false, true}) {
            Answer answer = fails ? Answer.error("GenericError", "No space left on device") : Answer.reply("{}");
            List<Boolean> frozen = new ArrayList<>();
            try (RunningFakeAgent agent = FakeAgent.create().start();
                    RunningFakeVm vm = FakeVm.create().start()) {
                vm.server().when("blockdev-snapshot-sync").answer(command -> {
                    frozen.add(agent.isFrozen());
                    return answer;
                });
                Mono<?> snapshot = vm.client().use(monitor -> agent.client()
                        .use(session -> snippets.snapshot(monitor, session, agent.client())));
                var end = StepVerifier.create(snapshot.then());
                (fails ? end.expectError(ExecuteError.class) : end.expectComplete()).verify(PATIENCE);
                assertEquals(List.of(true), frozen);
                assertFalse(agent.isFrozen());
            }
        }
    }
}
