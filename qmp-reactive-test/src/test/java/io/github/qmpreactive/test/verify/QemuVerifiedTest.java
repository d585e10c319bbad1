package io.github.qmpreactive.test.verify;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.verify.DataMatcher.data;
import static io.github.qmpreactive.test.verify.DataMatcher.present;
import static io.github.qmpreactive.test.verify.Failures.assertFails;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("A session at real QEMU, verified")
class QemuVerifiedTest {

    private static QmpSession connect(QemuProcess qemu) {
        return Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).name("vm").connect().block(PATIENCE));
    }

    @Test
    @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-device", "qemu-xhci"})
    @DisplayName("Its events, its replies, its errors and its end are what the steps say")
    void machine(QemuProcess qemu) {
        QmpSession session = connect(qemu);
        QmpVerifier.create(session.events())
                .thenExecute(session, "cont")
                .expectEvent("RESUME")
                .thenExecute(session, "stop")
                .expectEvent("STOP")
                .thenExecute(
                        session, QmpCommand.of("device_add").arguments(Map.of("driver", "usb-tablet", "id", "tablet0")))
                .thenExecute(session, QmpCommand.of("device_del").arguments(Map.of("id", "tablet0")))
                .expectEvent("DEVICE_DELETED", data("/device", "tablet0"), present("/path"))
                .thenCancel()
                .verify();
        QmpVerifier.create(session.execute("query-status"))
                .expectReplyAt("/status", "paused")
                .expectReplyAt("/running", false)
                .verify();
        QmpVerifier.create(session.execute("device_del", Map.of("id", "tablet0")))
                .expectExecuteError("DeviceNotFound")
                .withDescriptionContaining("tablet0")
                .verify();
        QmpVerifier.create(session.events())
                .thenExecute(session, "system_reset")
                .expectEvent("RESET", data("/guest", false))
                .then(session.quit())
                .skipUntilEvent("SHUTDOWN", data("/reason", "host-qmp-quit"))
                .expectComplete()
                .verify();
    }

    @Test
    @Qemu
    @DisplayName("What it does otherwise is told as it came")
    void failures(QemuProcess qemu) {
        QmpSession session = connect(qemu);
        assertFails(
                QmpVerifier.create(session.execute("query-version")).expectReplyAt("/qemu/major", -1),
                "Expected a reply with /qemu/major = -1, but received the reply {",
                "/qemu/major: expected -1, but was ");
        assertFails(
                QmpVerifier.create(session.execute("no-such")).expectExecuteError("GenericError"),
                "class: expected \"GenericError\", but was \"CommandNotFound\"");
        assertFails(
                QmpVerifier.create(session.events())
                        .thenExecute(session, "cont")
                        .expectEvent("STOP")
                        .thenCancel(),
                "Expected event STOP, but received event RESUME: {");
        session.disconnect().block(PATIENCE);
    }

    @Test
    @Qemu
    @DisplayName("A QEMU that is killed is a lost connection, and an interrupted command")
    void killed(QemuProcess qemu) {
        QmpSession session = connect(qemu);
        QmpVerifier.create(session.events()).then(qemu::kill).expectLost().verify();
        QmpVerifier.create(session.execute("query-status"))
                .expectError(StateError.class)
                .verify();
        QmpVerifier.createFor(session.onDisconnect())
                .expectError(ConnectionLostError.class)
                .verify();
    }
}
