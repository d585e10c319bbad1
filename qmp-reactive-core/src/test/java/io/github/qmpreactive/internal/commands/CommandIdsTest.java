package io.github.qmpreactive.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.option.HandshakeMode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P34 The ids of a session")
class CommandIdsTest {

    @Test
    @DisplayName("are short: a mark, three characters of the session's own, and a number")
    void form() {
        CommandIds ids = CommandIds.of(HandshakeMode.FULL);
        String own = ids.next().substring(0, 4);
        assertTrue(own.matches("#[0-9a-zA-Z]{3}"), own);
        for (int i = 1; i < 100; i++) {
            assertEquals(own + Long.toString(i, 36), ids.next());
        }
    }

    @Test
    @DisplayName("have nothing in common with those of the 100,000 sessions before")
    void differ() {
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            first.add(CommandIds.of(i % 2 == 0 ? HandshakeMode.FULL : HandshakeMode.GREETING_ONLY)
                    .next());
        }
        assertEquals(100_000, first.size());
    }
}
