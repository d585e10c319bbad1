package io.github.qmpreactive.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The errors of operations")
class OperationErrorsTest {

    @Test
    @DisplayName("The error of a device has its id, and the limit or the reason, in a copy too")
    void device() {
        ErrorsTest.everyError()
                .filter(DeviceError.class::isInstance)
                .flatMap(ErrorsTest::andCopy)
                .forEach(error -> assertEquals("r", ((DeviceError) error).device()));
        ErrorsTest.andCopy(new UnplugRefusedError("m", "r", "busy"))
                .forEach(error -> assertEquals("busy", error.reason()));
        ErrorsTest.andCopy(new StillPluggedError("m", "r", Duration.ofSeconds(1), null))
                .forEach(error -> assertEquals(Duration.ofSeconds(1), error.limit()));
    }

    @Test
    @DisplayName("The error of a process in the guest has its id, and the limit, in a copy too")
    void guestProcess() {
        ErrorsTest.everyError()
                .filter(GuestProcessError.class::isInstance)
                .flatMap(ErrorsTest::andCopy)
                .forEach(error -> assertEquals(7, ((GuestProcessError) error).pid()));
        ErrorsTest.andCopy(new GuestStillRunningError("m", 7, Duration.ofSeconds(1)))
                .forEach(error -> assertEquals(Duration.ofSeconds(1), error.limit()));
    }

    @Test
    @DisplayName("An operation in the guest that a lost session ends says so, and that connecting again may help")
    void guestAfterLostSession() {
        StateError lost = new StateError("c", SessionState.DISCONNECTED, SessionState.RUNNING);
        for (QmpError error : List.of(new GuestProcessLostError("m", 7, lost), new GuestMayBeFrozenError("m", lost))) {
            assertTrue(error.endsSession());
            assertTrue(error.isTemporary());
        }
    }

    @Test
    @DisplayName("The error of a migration tells how both ends are, and whether the guest runs on, in a copy too")
    void migration() {
        ErrorsTest.andCopy(new MigrationCancelledError("m", "running"))
                .forEach(error -> assertEquals(Optional.of("running"), error.sourceState()));
        ErrorsTest.andCopy(new MigrationFailedError("m", "broken", "running", "failed", null))
                .forEach(error -> {
                    assertEquals("broken", error.reason());
                    assertEquals(Optional.of("running"), error.sourceState());
                    assertEquals(Optional.of("failed"), error.destinationStatus());
                    assertTrue(error.runsOn());
                });
        assertFalse(new MigrationFailedError("m", "", "running", "completed", null).runsOn());
        assertFalse(new MigrationFailedError("m", "", "postmigrate", "", null).runsOn());
        assertEquals(Optional.empty(), new MigrationFailedError("m", "", "", "", null).sourceState());
        assertEquals(Optional.empty(), new MigrationFailedError("m", "", "", "", null).destinationStatus());
    }
}
