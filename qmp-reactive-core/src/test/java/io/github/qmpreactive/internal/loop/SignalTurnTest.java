package io.github.qmpreactive.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P29 Tasks of one session's event loop")
class SignalTurnTest {

    private final SignalTurn turn = new SignalTurn();
    private final List<String> log = new ArrayList<>();

    @Test
    @DisplayName("run at once outside of a signal, else after it, in the order of adding")
    void order() {
        turn.run(() -> {
            turn.run(() -> {
                log.add("first");
                turn.run(() -> log.add("of first"));
            });
            turn.run(() -> log.add("second"));
            log.add("signal");
        });
        assertEquals(List.of("signal", "first", "second", "of first"), log);
        turn.run(() -> log.add("later"));
        assertEquals("later", log.get(4));
    }

    @Test
    @DisplayName("run after a signal that was entered, when the outermost is left")
    void entered() {
        assertTrue(turn.enter());
        assertFalse(turn.enter());
        turn.run(() -> log.add("deferred"));
        assertEquals(List.of(), log);
        turn.leave();
        assertEquals(List.of("deferred"), log);
        assertTrue(turn.enter());
        turn.leave();
    }

    @Test
    @DisplayName("run although the signal or another task throws; the first exception of a task is thrown on")
    void exceptions() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> turn.run(() -> {
                    turn.run(() -> {
                        throw new IllegalStateException("first");
                    });
                    turn.run(() -> {
                        throw new StackOverflowError("second");
                    });
                    turn.run(() -> log.add("third"));
                }));
        assertEquals("first", thrown.getMessage());
        assertThrows(
                NoClassDefFoundError.class,
                () -> turn.run(() -> {
                    turn.run(() -> log.add("fourth"));
                    throw new NoClassDefFoundError("signal");
                }));
        assertEquals(List.of("third", "fourth"), log);
        turn.run(() -> log.add("fifth"));
        assertEquals(3, log.size());
    }
}
