package io.github.qmpreactive.device;

import static io.github.qmpreactive.device.UnplugScript.GONE;
import static io.github.qmpreactive.device.UnplugScript.NOT_LISTED;
import static io.github.qmpreactive.device.UnplugScript.PART;
import static io.github.qmpreactive.device.UnplugScript.QUIET;
import static io.github.qmpreactive.device.UnplugScript.asked;
import static io.github.qmpreactive.device.UnplugScript.connect;
import static io.github.qmpreactive.device.UnplugScript.devices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Unplugging a device, and the session:")
class UnplugSessionsTest {

    /** No time passes: what ends, ends by what comes. */
    private final HeldTimers timers = new HeldTimers();

    @AfterEach
    void release() {
        timers.close();
    }

    /** Commands are answered, but for slow and what is behind it. */
    private static FakeQmpServer slowMachine() {
        return FakeQmpServer.create()
                .when("slow")
                .silent()
                .when("stop")
                .reply("{}")
                .when("qom-list")
                .reply(NOT_LISTED)
                .when("device_del")
                .reply("{}");
    }

    @Test
    @DisplayName("nothing is sent before it is subscribed to, and two subscriptions send two requests")
    void cold() {
        UnplugScript script = asked().accepted().deleted(GONE).lists("[]").asksAgain();
        try (RunningFakeQmpServer qemu = script.accepted().deleted(GONE).start()) {
            QmpSession session = connect(qemu);
            Mono<Void> remove = QmpDevices.of(session).remove("r", QUIET);
            assertEquals(List.of(), qemu.received("qom-list"));
            StepVerifier.create(remove).verifyComplete();
            StepVerifier.create(remove).verifyComplete();
            assertEquals(2, qemu.received("device_del").size());
        }
    }

    @Test
    @DisplayName("events from before it stay for the first subscriber to events")
    void earlyEvents() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session = connect(qemu);
            qemu.emit("DEVICE_DELETED", GONE);
            session.execute("stop").block(Patience.PATIENCE);
            StepVerifier.create(QmpDevices.of(session).remove("r", QUIET))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> qemu.emit("DEVICE_DELETED", GONE))
                    .verifyComplete();
            StepVerifier.create(session.events().map(QmpEvent::name))
                    .expectNext("DEVICE_DELETED")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("other commands do not wait for the guest, with one command in flight at a time")
    void otherCommands() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxInFlight(1));
            StepVerifier.create(QmpDevices.of(session).remove("r", QUIET))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> session.execute("stop").block(Patience.PATIENCE))
                    .then(() -> qemu.emit("DEVICE_DELETED", GONE))
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("lost before the request is written, it errors with that")
    void lostBeforeWritten() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxInFlight(1));
            session.execute("slow").onErrorComplete().subscribe();
            FakeConnection connection = qemu.awaitConnection();
            connection.awaitCommand("slow");
            StepVerifier.create(QmpDevices.of(session).remove("r", QUIET))
                    .then(connection::close)
                    .verifyErrorSatisfies(e -> assertInterrupted(e, false));
        }
    }

    @Test
    @DisplayName("lost before the reply to the request, it errors with what tells that the guest may have been asked")
    void lostBeforeReply() {
        try (RunningFakeQmpServer qemu = asked().closed().start()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET)).verifyErrorSatisfies(e -> assertInterrupted(e, true));
        }
    }

    @Test
    @DisplayName("lost before any reply, it errors with what tells that the guest may have been asked")
    void lostBeforeAnyReply() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                .when("qom-list")
                .silent()
                .when("device_del")
                .silent()
                .startUnix()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> qemu.awaitConnection().close())
                    .verifyErrorSatisfies(e -> assertInterrupted(e, true));
        }
    }

    private static void assertInterrupted(Throwable e, boolean written) {
        ExecInterruptedError error = assertInstanceOf(ExecInterruptedError.class, e);
        assertEquals("device_del", error.command());
        assertEquals(written, error.isWritten());
        assertInstanceOf(ConnectionLostError.class, error.getCause());
    }

    @Test
    @DisplayName("lost after the reply, it errors with the cause of the end, also when a part of the device is gone")
    void lostAfterReply() {
        for (UnplugScript script : List.of(
                asked().accepted(),
                asked().refused(UnplugScript.IN_PROCESS),
                asked().accepted().deleted(PART),
                asked().accepted().deleted(PART).lists(NOT_LISTED))) {
            try (RunningFakeQmpServer qemu = script.closed().start()) {
                StepVerifier.create(devices(qemu).remove("r", QUIET)).verifyError(ConnectionLostError.class);
            }
        }
    }

    @Test
    @DisplayName("lost just after the event, it has succeeded")
    void lostAfterEvent() {
        try (RunningFakeQmpServer qemu = asked().deleted(GONE).closed().start()) {
            StepVerifier.create(devices(qemu).remove("r", QUIET)).verifyComplete();
        }
    }

    @Test
    @DisplayName("ended by disconnect(), or before, it errors with StateError")
    void disconnected() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session = connect(qemu);
            Mono<Void> remove = QmpDevices.of(session).remove("r", QUIET);
            StepVerifier.create(remove)
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> session.execute("stop").block(Patience.PATIENCE))
                    .then(() -> session.disconnect().subscribe())
                    .verifyError(StateError.class);
            session.disconnect().block(Patience.PATIENCE);
            StepVerifier.create(remove).verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName(
            "ended by disconnect() while the event of a removed device may still come, it errors with StateError at once")
    void disconnectedBeforeEvent() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            qemu.when("qom-list").reply(UnplugScript.NOT_LISTED);
            QmpSession session = connect(qemu);
            StepVerifier.create(QmpDevices.of(session).remove("r", QUIET))
                    .then(() -> qemu.awaitCommand("device_del"))
                    .then(() -> qemu.emit("DEVICE_DELETED", PART))
                    .then(() -> Patience.until(
                            () -> timers.started(Unplug.SETTLE) > 0, () -> "the event is not waited for"))
                    .then(() -> session.disconnect().subscribe())
                    .verifyError(StateError.class);
        }
    }

    @Test
    @DisplayName("whose QEMU reports many parts of the device as removed, it looks once at a time")
    void manyParts() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxQueued(20));
            Disposable remove = QmpDevices.of(session).remove("r", QUIET).subscribe();
            qemu.awaitCommand("device_del");
            session.execute("stop").block(Patience.PATIENCE);
            qemu.when("qom-list").silent();
            for (int i = 0; i < 200; i++) {
                qemu.emit("DEVICE_DELETED", PART);
            }
            // The client has all events, and then the fake has all that the client has sent for them.
            session.execute("stop").block(Patience.PATIENCE);
            session.execute("stop").block(Patience.PATIENCE);
            assertEquals(2, qemu.received("qom-list").size());
            remove.dispose();
            session.disconnect().block(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("with a full queue, it errors with that, and sends nothing")
    void queueFull() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session = connect(
                    QmpClient.create().address(qemu.address()).maxInFlight(1).maxQueued(1));
            Disposable slow = session.execute("slow").subscribe();
            Disposable waiting = session.execute("slow").subscribe();
            StepVerifier.create(QmpDevices.of(session).remove("r", QUIET)).verifyError(CommandQueueFullError.class);
            waiting.dispose();
            slow.dispose();
            session.disconnect().block(Patience.PATIENCE);
            assertEquals(List.of(), qemu.received("device_del"));
        }
    }

    @Test
    @DisplayName("cancelled before the request is written, nothing is sent")
    void cancelledBeforeWritten() {
        try (RunningFakeQmpServer qemu = slowMachine().startUnix()) {
            QmpSession session =
                    connect(QmpClient.create().address(qemu.address()).maxInFlight(1));
            FakeConnection connection = qemu.awaitConnection();
            var slow = session.execute("slow").toFuture();
            ReceivedCommand command = connection.awaitCommand("slow");
            QmpDevices.of(session).remove("r", QUIET).subscribe().dispose();
            connection.answer(command, Answer.reply("{}"));
            slow.orTimeout(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            session.execute("stop").block(Patience.PATIENCE);
            assertEquals(List.of(), qemu.received("device_del"));
        }
    }

    @Test
    @DisplayName("cancelled before the reply, after it, and while a part of the device is gone, nothing more is sent")
    void cancelled() {
        UnplugScript accepted = asked().accepted();
        for (UnplugScript script :
                List.of(asked(), accepted, accepted.deleted(PART).lists(UnplugScript.LISTED))) {
            try (RunningFakeQmpServer qemu = script.start()) {
                QmpSession session = connect(qemu);
                StepVerifier.create(QmpDevices.of(session).remove("r", QUIET))
                        .then(() -> qemu.verifyScript())
                        .thenCancel()
                        .verify();
                session.disconnect().block(Patience.PATIENCE);
                assertEquals(1, qemu.received("device_del").size());
            }
        }
    }
}
