package io.github.qmpreactive.test.internal.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.QemuVersion;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A range of versions")
class VersionRangeTest {

    private static boolean has(String range, String version) {
        String[] parts = version.split("\\.");
        return VersionRange.parse(range)
                .contains(new QemuVersion(
                        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), "Debian"));
    }

    @ParameterizedTest
    @CsvSource({
        "7.2+, 7.2.0, 7.1.99",
        "7.2+, 10.0.0, 6.9.0",
        "7.2.5+, 7.2.5, 7.2.4",
        "8+, 8.0.0, 7.2.99",
        "7.2, 7.2.0, 7.3.0",
        "7.2, 7.2.99, 7.1.99",
        "7, 7.9.9, 8.0.0",
        "7.2.22, 7.2.22, 7.2.23",
        "<8.0, 7.9.99, 8.0.0",
        "<8.0.3, 8.0.2, 8.0.3",
        "7.2..9.0, 7.2.0, 7.1.9",
        "7.2..9.0, 9.0.99, 9.1.0",
        "7.2..7.2, 7.2.22, 7.3.0",
        "' 7.2 .. 9.0 ', 8.1.0, 9.1.0"
    })
    @DisplayName("has what it says, and ends where it says")
    void contains(String range, String in, String out) {
        assertTrue(has(range, in));
        assertEquals(false, has(range, out));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "new",
                "7,2",
                "7.2-",
                ">7.2",
                ">=7.2",
                "<=8.0",
                "+7.2",
                "7.2.3.4",
                "7.",
                ".7",
                "7.2...9.0",
                "7.2..",
                "..9.0",
                "99999",
                "7.2+ 8.0+"
            })
    @DisplayName("that is none is refused, with those that are understood")
    void wrong(String text) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> VersionRange.parse(text));
        assertTrue(error.getMessage().startsWith("\"" + text + "\" names no versions"), error.getMessage());
        assertTrue(error.getMessage().contains("write \"7.2+\""), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.0..7.2", "7.2.5..7.2.4"})
    @DisplayName("that is empty is refused")
    void empty(String text) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> VersionRange.parse(text));
        assertTrue(error.getMessage().contains("the first comes behind the last"), error.getMessage());
    }
}
