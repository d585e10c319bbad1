package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("close() of a fake with a script")
class ScriptEndTest {

    private static final Duration PAUSE = Duration.ofMillis(2);

    private static final QmpScript UNPLUG = QmpScript.create()
            .expect("device_del", "{\"id\": \"usb0\"}")
            .reply("{}")
            .pause(PAUSE)
            .emit("DEVICE_DELETED", "{\"device\": \"usb0\"}")
            .pause(PAUSE)
            .close();

    private static RunningFakeQmpServer start(QmpScript script) {
        return FakeQmpServer.create().script(script).startUnix();
    }

    private static void unplug(RunningFakeQmpServer fake) {
        QmpClient.create()
                .address(fake.address())
                .use(vm -> vm.execute("device_del", Map.of("id", "usb0")))
                .block(PATIENCE);
    }

    @RepeatedTest(200)
    @DisplayName("waits for the server's own steps at the end: pauses, events, the end of the connection")
    void ownSteps() {
        try (RunningFakeQmpServer fake = start(UNPLUG)) {
            unplug(fake);
        }
    }

    @Test
    @DisplayName("sends what is left to a client that is still connected")
    void sent() {
        RunningFakeQmpServer fake =
                start(QmpScript.create().expect("stop").reply("{}").pause(PAUSE).emit("STOP"));
        QmpSession session = Objects.requireNonNull(
                QmpClient.create().address(fake.address()).connect().block(PATIENCE));
        session.execute("stop").block(PATIENCE);
        fake.close();
        assertEquals("STOP", session.events().map(QmpEvent::name).next().block(PATIENCE));
    }

    @Test
    @DisplayName("does not wait for commands, and names the first step that has not happened")
    void commands() {
        RunningFakeQmpServer fake = start(
                UNPLUG.expect("device_del", "{\"id\": \"usb0\"}").reply("{}").emit("DEVICE_DELETED"));
        unplug(fake);
        String message = failure(fake);
        assertTrue(message.contains("step 7 of 9 has not happened"), message);
    }

    @Test
    @DisplayName("does not wait for a script that no client has begun")
    void notBegun() {
        String message =
                failure(start(QmpScript.create().pause(Duration.ofHours(1)).emit("STOP")));
        assertTrue(message.contains("step 1 of 2 has not happened"), message);
    }

    @Test
    @DisplayName("fails with a command that came during the last pause and is not in the script")
    void tooMuch() throws IOException {
        RunningFakeQmpServer fake = start(QmpScript.create()
                .expect("stop")
                .reply("{}")
                .pause(Duration.ofMillis(50))
                .emit("STOP"));
        try (RawClient client = RawClient.connect(fake.address())) {
            client.send("{\"execute\": \"qmp_capabilities\"}");
            client.send("{\"execute\": \"stop\"}");
            client.send("{\"execute\": \"cont\"}");
            fake.awaitCommand("cont");
            String message = failure(fake);
            assertTrue(message.contains("one more command came"), message);
        }
    }

    private static String failure(RunningFakeQmpServer fake) {
        return String.valueOf(assertThrows(AssertionError.class, fake::close).getMessage());
    }
}
