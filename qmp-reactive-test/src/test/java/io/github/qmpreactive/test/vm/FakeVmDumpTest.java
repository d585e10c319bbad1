package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("A FakeVm that saves its memory")
class FakeVmDumpTest {

    private static final String DUMP = "dump-guest-memory";
    private static final QmpCommand WHOLE = dump(Map.of());
    private static final QmpCommand DETACHED = dump(Map.of("detach", true));

    /** Its dumps and its snapshots go on as a test says. */
    private static final FakeVm VM = FakeVmJobsTest.VM
            .withMemory(64 << 20)
            .withJobs(FakeJob.waits())
            .withMonitors(2)
            .withServer(server -> server.when("query-yank").reply("[]"));

    private static QmpCommand dump(Map<String, ?> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putAll(Map.of("paging", false, "protocol", "file:/vm.dump"));
        return QmpCommand.of(DUMP).arguments(arguments);
    }

    private static QmpSession connect(RunningFakeVm vm, int monitor) {
        return Objects.requireNonNull(vm.client(monitor).connect().block(PATIENCE));
    }

    static Stream<QmpCommand> busy() {
        return Stream.of(WHOLE, FakeVmJobLimitsTest.SAVE);
    }

    private static String job(QmpCommand command) {
        return command.equals(WHOLE) ? DUMP : "job0";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("busy")
    @DisplayName("answers no command in band meanwhile, on any monitor; out of band it does")
    void silent(QmpCommand command) {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession first = connect(vm, 0);
            QmpSession second = connect(vm, 1);
            CompletableFuture<JsonNode> saved = first.execute(command).toFuture();
            vm.server(0).awaitCommand(command.name());
            CompletableFuture<JsonNode> other = second.execute("query-status").toFuture();
            vm.server(1).awaitCommand("query-status");
            for (QmpSession session : new QmpSession[] {first, second}) {
                session.execute(QmpCommand.of("query-yank").oob()).block(PATIENCE);
            }
            assertFalse(saved.isDone());
            assertFalse(other.isDone());
            assertEquals(RunState.SAVE_VM, vm.runState());
            vm.jobs().reaches(job(command), 1);
            assertEquals("{}", saved.join().toString());
            assertEquals("running", other.join().path("status").asString());
            assertEquals("running", status(first));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("busy")
    @DisplayName("and is killed meanwhile interrupts the command")
    void killed(QmpCommand command) {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm, 0);
            StepVerifier.create(session.execute(command))
                    .then(() -> vm.server().awaitCommand(command.name()))
                    .then(vm::kill)
                    .verifyError(ExecInterruptedError.class);
        }
    }

    private static String status(QmpSession session) {
        return Objects.requireNonNull(session.execute("query-status").block(PATIENCE))
                .path("status")
                .asString();
    }

    private static void is(QmpSession session, String status, long completed) {
        JsonNode dump = Objects.requireNonNull(session.execute("query-dump").block(PATIENCE));
        assertEquals(
                "{\"completed\":" + completed + ",\"status\":\"" + status + "\",\"total\":67108864}", dump.toString());
    }

    @Test
    @DisplayName("in a detached dump tells its progress, and is refused what QEMU refuses meanwhile")
    void detached() {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm, 0);
            StepVerifier.create(session.events().map(QmpEvent::name))
                    .then(() -> session.execute(DETACHED).block(PATIENCE))
                    .then(() -> is(session, "active", 0))
                    .then(() -> vm.jobs().reaches(DUMP, 0.5))
                    .then(() -> is(session, "active", 32 << 20))
                    .then(() -> assertThrows(
                            ExecuteError.class, () -> session.execute("cont").block(PATIENCE)))
                    .then(() -> vm.jobs().reaches(DUMP, 1))
                    .expectNext("STOP", "DUMP_COMPLETED", "RESUME")
                    .then(() -> is(session, "completed", 64 << 20))
                    .thenCancel()
                    .verify();
            assertThrows(IllegalArgumentException.class, () -> vm.jobs().reaches(DUMP, 1), "there is none any more");
        }
    }

    @Test
    @DisplayName("refuses a dump behind DUMP_COMPLETED of a detached one until it runs again, as QEMU does")
    void tooSoon() {
        try (RunningFakeVm vm = VM.withJobs(FakeJob.takes(Duration.ZERO)).start()) {
            QmpSession session = connect(vm, 0);
            // In one turn of the event loop, so that the fake reads them at once.
            StepVerifier.create(session.execute("query-status").flatMap(status -> session.execute(DETACHED)
                            .then()
                            .and(session.execute("query-status"))
                            .and(session.execute(WHOLE))))
                    .verifyErrorSatisfies(e -> assertEquals(
                            "disallowing migration blocker (migration/snapshot in progress) for:"
                                    + " Live migration disabled: dump-guest-memory in progress",
                            assertInstanceOf(ExecuteError.class, e).description()));
            StepVerifier.create(session.events().map(QmpEvent::name))
                    .expectNext("STOP", "DUMP_COMPLETED", "RESUME")
                    .then(() -> session.execute(WHOLE).block(PATIENCE))
                    .expectNext("STOP", "DUMP_COMPLETED", "RESUME")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("that is killed behind DUMP_COMPLETED of a detached dump stays dead")
    void killedBehind() {
        FakeVm usb = FakeVm.create().withProfile(QemuProfile.of("7.2")).withDevice("a", "usb-kbd");
        try (RunningFakeVm vm = VM.withJobs(FakeJob.takes(Duration.ZERO)).start();
                RunningFakeVm other = usb.start()) {
            QmpSession session = connect(vm, 0);
            QmpSession beside = connect(other, 0);
            session.executeAndAwait(DETACHED, QmpEvent.named("DUMP_COMPLETED")).block(PATIENCE);
            vm.kill();
            RunState last = vm.runState();
            // This takes longer than a machine takes to go on, on the same event loop.
            QmpCommand remove = QmpCommand.of("device_del").arguments(Map.of("id", "a"));
            beside.executeAndAwait(remove, QmpEvent.named("DEVICE_DELETED")).block(PATIENCE);
            assertEquals(last, vm.runState());
        }
    }

    @Test
    @DisplayName("tells why a dump has failed: in the event, and in the reply if it was not detached")
    void fails() {
        try (RunningFakeVm vm =
                VM.withJob(DUMP, FakeJob.waits().failsAt(0.25, "dump: no")).start()) {
            QmpSession session = connect(vm, 0);
            StepVerifier.create(session.events("DUMP_COMPLETED", "RESUME")
                            .map(event -> event.data().path("error").asString(event.name())))
                    .then(() -> session.execute(DETACHED).block(PATIENCE))
                    .then(() -> vm.jobs().fails(DUMP, "dump: full"))
                    .expectNext("dump: full")
                    .then(() -> is(session, "failed", 0))
                    .expectNext("RESUME")
                    .thenCancel()
                    .verify();
            StepVerifier.create(session.execute(WHOLE))
                    .then(() -> vm.server().awaitCommand(DUMP, 1))
                    .then(() -> vm.jobs().reaches(DUMP, 1))
                    .verifyErrorSatisfies(e -> assertEquals(
                            "dump: no", assertInstanceOf(ExecuteError.class, e).description()));
            is(session, "failed", 16 << 20);
        }
    }
}
