package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.GONE;
import static io.github.qmpreactive.device.UnplugScript.IN_PROCESS;
import static io.github.qmpreactive.device.UnplugScript.LISTED;
import static io.github.qmpreactive.device.UnplugScript.NOT_LISTED;
import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static io.github.qmpreactive.device.UnplugScript.asked;
import static io.github.qmpreactive.device.UnplugScript.connect;
import static io.github.qmpreactive.device.UnplugScript.devices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.StillPluggedError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("A guest that does not release a device at once")
class UnplugTimesTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final UnplugOptions LIMITED = QUIET.limit(LIMIT);
    private static final String TOO_EARLY =
            "acpi: device unplug request for not supported device type: qemu64-x86_64-cpu";

    /** Answers in this order; listening and looking are both by qom-list, and stop is for the test to wait by. */
    private static FakeQmpServer machine(Answer first, Answer... then) {
        return FakeQmpServer.create()
                .when("stop")
                .reply("{}")
                .when("qom-list")
                .reply(LISTED)
                .when("device_del")
                .answer(first, then);
    }

    private static Answer accepted() {
        return Answer.reply("{}");
    }

    private static Answer refused(String errorClass, String description) {
        return Answer.error(errorClass, description);
    }

    /** The request has been answered, and the client has the reply. */
    private static void answered(RunningFakeQmpServer qemu, QmpSession session, int number) {
        qemu.awaitCommand("device_del", number);
        session.execute("stop").block(Patience.PATIENCE);
    }

    @Test
    @DisplayName("is asked again at the interval; that QEMU refuses to, in whichever words, is no failure")
    void asksAgain() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer qemu = machine(
                        accepted(),
                        refused("GenericError", IN_PROCESS),
                        refused("GenericError", "device_del not allowed while migrating"),
                        accepted().eventAfter("DEVICE_DELETED", GONE))
                .startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(QmpDevices.of(session).remove("r"))
                    .then(() -> answered(qemu, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL.minusNanos(1)))
                    // Behind all that was sent until now.
                    .then(() -> answered(qemu, session, 0))
                    .then(() -> assertEquals(1, qemu.received("device_del").size()))
                    .then(() -> time.advanceTimeBy(Duration.ofNanos(1)))
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(qemu, session, 2))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .verifyComplete();
            session.disconnect().block(Patience.PATIENCE);
            time.advanceTimeBy(INTERVAL.multipliedBy(100));
            assertEquals(4, qemu.received("device_del").size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("that has not set up its CPUs, for which QEMU refuses to ask, is asked when it has booted")
    void tooEarly() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer qemu = machine(
                        refused("GenericError", TOO_EARLY),
                        accepted(),
                        refused("DeviceNotFound", "Device 'r' not found"))
                .startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(QmpDevices.of(session).remove("r"))
                    .then(() -> answered(qemu, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(qemu, session, 2))
                    .then(() -> time.advanceTimeBy(Unplug.SETTLE))
                    .verifyComplete();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName(
            "and does not set up its CPUs within the limit is told with QEMU's refusal, unless QEMU has asked it since")
    void tooEarlyUntilTheLimit() {
        String subject = "[vm] The device r is still plugged after PT1M: ";
        assertEquals(
                subject + "QEMU refuses to ask the guest, whose operating system has not set up its CPUs: " + TOO_EARLY,
                atTheLimit(refused("GenericError", TOO_EARLY)));
        String asked = subject + "the guest has not released it; the request stays, so it may be removed later";
        assertEquals(asked, atTheLimit(refused("GenericError", TOO_EARLY), accepted()));
        assertEquals(asked, atTheLimit(refused("GenericError", TOO_EARLY), refused("GenericError", IN_PROCESS)));
    }

    private static @Nullable String atTheLimit(Answer first, Answer... then) {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        AtomicReference<Throwable> error = new AtomicReference<>();
        try (RunningFakeQmpServer qemu = machine(first, then).startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(QmpDevices.of(session)
                            .remove("r", UnplugOptions.defaults().limit(LIMIT)))
                    .then(() -> answered(qemu, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(LIMIT.minus(INTERVAL)))
                    .consumeErrorWith(error::set)
                    .verify();
            assertEquals(
                    then.length == 0,
                    assertInstanceOf(StillPluggedError.class, error.get()).getCause() instanceof ExecuteError);
            return error.get().getMessage();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("is not asked again while the reply before is awaited")
    void oneAtATime() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer qemu =
                machine(accepted(), accepted().delayed(Duration.ofDays(1))).startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(QmpDevices.of(session)
                            .remove("r", UnplugOptions.defaults().limit(UnplugScript.NEVER)))
                    .then(() -> answered(qemu, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL.multipliedBy(10)))
                    .then(() -> qemu.awaitCommand("device_del", 1))
                    .then(() -> time.advanceTimeBy(INTERVAL.multipliedBy(10)))
                    .thenCancel()
                    .verify();
            session.disconnect().block(Patience.PATIENCE);
            assertEquals(2, qemu.received("device_del").size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("and then releases one that has no event is noticed by the next request, for which it is not found")
    void withoutEvent() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer qemu = machine(accepted(), refused("DeviceNotFound", "Device 'r' not found"))
                .startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(QmpDevices.of(session).remove("r"))
                    .then(() -> answered(qemu, session, 0))
                    .then(() -> time.advanceTimeBy(INTERVAL))
                    .then(() -> answered(qemu, session, 1))
                    .then(() -> time.advanceTimeBy(Unplug.SETTLE))
                    .verifyComplete();
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName(
            "within the limit is told so; what it releases later is not found by the next call, or ends it by its event")
    void limit() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = asked().accepted()
                        .lists(LISTED)
                        .lists(LISTED)
                        .asksAgain()
                        .refused(IN_PROCESS)
                        .deleted(GONE)
                        .lists(NOT_LISTED)
                        .asksAgain()
                        .notFound()
                        .start()) {
            QmpDevices devices = devices(qemu);
            StepVerifier.create(devices.remove("r", LIMITED))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyErrorSatisfies(e -> {
                        StillPluggedError error = assertInstanceOf(StillPluggedError.class, e);
                        assertEquals("r", error.device());
                        assertEquals(LIMIT, error.limit());
                        assertNull(error.getCause());
                        assertEquals(
                                "[vm] The device r is still plugged after PT1M: the guest has not released it;"
                                        + " the request stays, so it may be removed later",
                                error.getMessage());
                    });
            long looks = timers.started(Unplug.SETTLE);
            StepVerifier.create(devices.remove("r", QUIET)).verifyComplete();
            StepVerifier.create(devices.remove("r", QUIET))
                    .then(() -> timers.runOut(Unplug.SETTLE, (int) looks + 1))
                    .verifyError(DeviceNotFoundError.class);
        }
    }

    @Test
    @DisplayName("until the limit, and was not asked since other commands are unanswered, may not know of the request")
    void neverAsked() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu =
                        machine(accepted()).when("slow").silent().startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxInFlight(1));
            Disposable slow = session.execute("slow").subscribe();
            qemu.awaitCommand("slow");
            StepVerifier.create(QmpDevices.of(session).remove("r", LIMITED))
                    .then(() -> timers.runOut(LIMIT))
                    .then(() -> timers.runOut(Unplug.SETTLE))
                    .verifyErrorSatisfies(e -> assertTrue(
                            String.valueOf(e.getMessage()).contains("has not told whether it is there"),
                            e::getMessage));
            slow.dispose();
            session.disconnect().block(Patience.PATIENCE);
            assertEquals(List.of(), qemu.received("device_del"));
        }
    }

    @Test
    @DisplayName("until the limit, and does at that moment, has released it")
    void eventAtTheLimit() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = machine(accepted()).startUnix()) {
            qemu.when("qom-list")
                    .answer(Answer.reply("[]"), Answer.reply(LISTED).eventBefore("DEVICE_DELETED", GONE));
            StepVerifier.create(devices(qemu).remove("r", LIMITED))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> timers.runOut(LIMIT))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("until the limit, when it is listed no more, has released it: its event is waited for, a second long")
    void goneAtTheLimit() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = asked().accepted().lists(NOT_LISTED).start()) {
            StepVerifier.create(devices(qemu).remove("r", LIMITED))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> timers.runOut(LIMIT))
                    // The first is the limit of the look.
                    .then(() -> timers.runOut(Unplug.SETTLE, 2))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("within the limit, while QEMU replies to nothing, is told with that: commandTimeout does not apply")
    void silentQemu() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = FakeQmpServer.create()
                        .when("qom-list")
                        .silent()
                        .when("device_del")
                        .silent()
                        .startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address()).commandTimeout(LIMIT);
            StepVerifier.create(QmpDevices.of(connect(client)).remove("r", LIMITED))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> timers.runOut(LIMIT))
                    .then(() -> timers.runOut(Unplug.SETTLE))
                    .verifyErrorSatisfies(e -> assertInstanceOf(
                            ExecTimeoutError.class,
                            assertInstanceOf(StillPluggedError.class, e).getCause()));
            assertEquals(1, timers.started(LIMIT));
        }
    }
}
