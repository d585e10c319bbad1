package io.github.qmpreactive.test.internal.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The default timeout of verifiers")
class DefaultTimeoutTest {

    @Test
    @DisplayName("is 10 s, a number of seconds, or a duration")
    void values() {
        assertEquals(Duration.ofSeconds(10), DefaultTimeout.parse(null));
        assertEquals(Duration.ofSeconds(10), DefaultTimeout.parse(" "));
        assertEquals(Duration.ofSeconds(30), DefaultTimeout.parse(" 30 "));
        assertEquals(Duration.ofMinutes(2), DefaultTimeout.parse("PT2M"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "PT-1S", "10 s", "99999999999999999999"})
    @DisplayName("is nothing else: the error names the property, its value and what it may be")
    void bad(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> DefaultTimeout.parse(text));
        assertTrue(String.valueOf(e.getMessage()).contains("qmp.verify.timeout is '" + text + "'"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("as in PT30S"), e.getMessage());
    }
}
