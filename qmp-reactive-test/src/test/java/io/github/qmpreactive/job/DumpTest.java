package io.github.qmpreactive.job;

import static io.github.qmpreactive.job.JobScript.connect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.JobNotFoundError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A dump of the guest's memory")
class DumpTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final QmpCommand DUMP =
            QmpCommand.of("dump-guest-memory").arguments(Map.of("paging", false, "protocol", "file:/vm.dump"));

    private static final String NAME = "dump-guest-memory";

    /** Its dumps go on as a test says. */
    private static final FakeVm VM =
            FakeVm.create().withMemory(8192).withJobs(FakeJob.waits()).withMonitors(2);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
    }

    private static String dump(String status, int completed) {
        return "{\"status\": \"" + status + "\", \"completed\": " + completed + ", \"total\": 8}";
    }

    private static String ended(String status, String more) {
        return "{\"result\": " + dump(status, 8) + more + "}";
    }

    private static FakeQmpServer machine(Answer query, Answer... more) {
        return FakeQmpServer.create()
                .when("stop")
                .reply("{}")
                .when("dump-guest-memory")
                .reply("{}")
                .when("query-dump")
                .answer(query, more)
                .when("query-status")
                .reply("{\"status\": \"running\"}");
    }

    private static Answer reply(String status, int completed) {
        return Answer.reply(dump(status, completed));
    }

    private static Flux<String> run(RunningFakeQmpServer qemu) {
        return statuses(JobScript.jobs(qemu).dump(DUMP));
    }

    private static Flux<String> statuses(Flux<JobProgress> dump) {
        return dump.map(progress -> progress.status() + " " + progress.current() + "/" + progress.total());
    }

    @Test
    @DisplayName("is started without blocking QEMU, asked for once a second and at QEMU's event, and completes a second"
            + " later, when the guest runs again")
    void completes() {
        FakeQmpServer machine = machine(reply("active", 2), reply("active", 4), reply("completed", 8))
                .when("query-status")
                .reply("{\"status\": \"save-vm\"}", "{\"status\": \"running\"}");
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            StepVerifier.create(statuses(QmpJobs.of(session).dump(DUMP)))
                    .expectNext("active 2/8")
                    .then(() -> time.advanceTimeBy(SECOND))
                    .expectNext("active 4/8")
                    .then(() -> qemu.emit("DUMP_COMPLETED", ended("completed", "")))
                    .expectNext("completed 8/8")
                    // Behind all that was sent until now.
                    .then(() -> session.execute("stop").block(Patience.PATIENCE))
                    .then(() -> assertEquals(List.of(), qemu.received("query-status")))
                    .then(() -> untilQueried(qemu, 2))
                    .verifyComplete();
            assertEquals(
                    true,
                    qemu.awaitCommand("dump-guest-memory")
                            .arguments()
                            .path("detach")
                            .booleanValue());
        }
    }

    /** The time is not up before it is waited for: it passes until QEMU was asked so often whether the guest runs. */
    private void untilQueried(RunningFakeQmpServer qemu, int times) {
        Patience.until(
                () -> {
                    time.advanceTimeBy(SECOND);
                    return qemu.received("query-status").size() >= times;
                },
                () -> "query-status was not sent " + times + " times");
    }

    private static Flux<String> run(RunningFakeVm vm) {
        return statuses(QmpJobs.of(connect(vm.client())).dump(DUMP));
    }

    private static void fail(RunningFakeVm vm) {
        vm.jobs().reaches(NAME, 0.5);
        vm.jobs().fails(NAME, "dump: no space");
        Patience.until(() -> vm.runState() == RunState.RUNNING, () -> "the guest does not go on");
    }

    private static void failed(Throwable e, String reason) {
        JobFailedError error = assertInstanceOf(JobFailedError.class, e);
        assertEquals(reason, error.reason());
        assertEquals(NAME, error.job());
    }

    @Test
    @DisplayName("that fails errors with the reason in QEMU's event")
    void fails() {
        try (RunningFakeVm vm = VM.start()) {
            StepVerifier.create(run(vm))
                    .expectNext("active 0/8192")
                    .then(() -> fail(vm))
                    .expectNext("failed 4096/8192")
                    .then(() -> untilQueried(vm.server(), 1))
                    .verifyErrorSatisfies(e -> failed(e, "dump: no space"));
        }
    }

    @Test
    @DisplayName("that QEMU refuses errors with its words, and nothing is emitted")
    void refused() {
        try (RunningFakeVm vm = VM.start()) {
            QmpJobs jobs = QmpJobs.of(connect(vm.client()));
            StepVerifier.create(statuses(jobs.dump(DUMP)).publishOn(Schedulers.boundedElastic()))
                    .expectNext("active 0/8192")
                    .then(() -> StepVerifier.create(jobs.dump(DUMP)).verifyError(ExecuteError.class))
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("is followed on the next session: to its end, or as it has ended")
    void next() {
        try (RunningFakeVm vm = VM.start()) {
            StepVerifier.create(run(vm)).expectNextCount(1).thenCancel().verify();
            QmpJobs jobs = QmpJobs.of(connect(vm.client(1)));
            StepVerifier.create(statuses(jobs.followDump()))
                    .expectNext("active 0/8192")
                    .then(() -> fail(vm))
                    .expectNext("failed 4096/8192")
                    .then(() -> untilQueried(vm.server(1), 1))
                    .verifyErrorSatisfies(e -> failed(e, "dump: no space"));
            StepVerifier.create(statuses(jobs.followDump()))
                    .expectNext("failed 4096/8192")
                    .then(() -> untilQueried(vm.server(1), 2))
                    .verifyErrorSatisfies(e -> failed(e, ""));
            assertEquals(List.of(), vm.server(1).received(NAME));
        }
    }

    @Test
    @DisplayName("that there was none of is not found")
    void none() {
        try (RunningFakeVm vm = VM.start()) {
            StepVerifier.create(QmpJobs.of(connect(vm.client())).followDump()).verifyError(JobNotFoundError.class);
        }
    }

    @Test
    @DisplayName("errors with the cause when the session is lost, and with StateError when it is disconnected")
    void sessionEnds() {
        try (RunningFakeQmpServer qemu = machine(reply("active", 2)).startUnix()) {
            StepVerifier.create(run(qemu))
                    .expectNextCount(1)
                    .then(() -> qemu.awaitConnection().close())
                    .verifyError(ConnectionLostError.class);
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            StepVerifier.create(QmpJobs.of(session).dump(DUMP))
                    .expectNextCount(1)
                    .then(() -> session.disconnect().block(Patience.PATIENCE))
                    .then(() -> time.advanceTimeBy(SECOND))
                    .verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("ends although the subscriber requests less; that gets the latest")
    void latest() {
        try (RunningFakeQmpServer qemu = machine(reply("active", 2), reply("active", 3), reply("completed", 8))
                .startUnix()) {
            StepVerifier.create(run(qemu), 1)
                    .expectNext("active 2/8")
                    .then(() -> time.advanceTimeBy(SECOND))
                    .then(() -> qemu.awaitCommand("query-dump", 1))
                    .then(() -> untilQueried(qemu, 1))
                    .thenRequest(1)
                    .expectNext("completed 8/8")
                    .verifyComplete();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    @DisplayName(
            "whose session is lost before the reply to its command errors with what tells whether it may have started")
    void lostBeforeReply(int window) {
        FakeQmpServer machine = FakeQmpServer.create()
                .when("dump-guest-memory")
                .silent()
                .when("query-dump")
                .silent();
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxInFlight(window));
            StepVerifier.create(QmpJobs.of(session).dump(DUMP))
                    .then(() -> qemu.awaitCommand("dump-guest-memory"))
                    .then(() -> qemu.awaitConnection().close())
                    .verifyErrorSatisfies(e -> {
                        ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
                        assertEquals("dump-guest-memory", error.command());
                        assertTrue(error.isWritten());
                    });
        }
    }

    @Test
    @DisplayName("completes although the guest is not seen to run again, ten seconds later")
    void neverRuns() {
        FakeQmpServer machine =
                machine(reply("completed", 8)).when("query-status").reply("{\"status\": \"save-vm\"}");
        try (RunningFakeQmpServer qemu = machine.startUnix()) {
            var end = run(qemu).last().toFuture();
            Patience.until(
                    () -> {
                        time.advanceTimeBy(SECOND);
                        return end.isDone();
                    },
                    () -> "it does not complete");
            assertEquals("completed 8/8", end.join());
            assertTrue(qemu.received("query-status").size() >= 10);
        }
    }

    @Test
    @DisplayName("is left alone when the subscription is cancelled, and asked for no more")
    void cancelled() {
        try (RunningFakeQmpServer qemu = machine(reply("active", 2)).startUnix()) {
            QmpSession session = connect(QmpClient.create().address(qemu.address()));
            StepVerifier.create(QmpJobs.of(session).dump(DUMP))
                    .expectNextCount(1)
                    .thenCancel()
                    .verify();
            time.advanceTimeBy(SECOND.multipliedBy(10));
            session.disconnect().block(Patience.PATIENCE);
            assertEquals(1, qemu.received("query-dump").size());
        }
    }

    @Test
    @DisplayName("is one command, nothing else, and nothing is sent before the subscription")
    void cold() {
        try (RunningFakeQmpServer qemu = machine(reply("active", 2)).startUnix()) {
            QmpJobs jobs = JobScript.jobs(qemu);
            assertThrows(IllegalArgumentException.class, () -> jobs.dump(QmpCommand.of("stop")));
            jobs.dump(DUMP);
            jobs.followDump();
            assertEquals(List.of(), qemu.received("dump-guest-memory"));
        }
    }
}
