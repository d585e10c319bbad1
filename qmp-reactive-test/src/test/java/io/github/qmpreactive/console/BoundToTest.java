package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@DisplayName("Console: where it is bound")
class BoundToTest {

    private static BoundTo of(String address) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of("server.address", address)));
        return BoundTo.of(environment);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 127.0.0.1, http://localhost:1",
        "' ', 127.0.0.1, http://localhost:1",
        "127.0.0.1, 127.0.0.1, http://localhost:1",
        "127.0.0.2, 127.0.0.2, http://127.0.0.2:1",
        "::1, [::1], http://[::1]:1",
        "[::1], [::1], http://[::1]:1",
        "0:0:0:0:0:0:0:1, [::1], http://[::1]:1"
    })
    @DisplayName("This computer alone reaches it where nothing is set, and its name is written as browsers write it")
    void thisComputer(String address, String host, String url) {
        BoundTo bound = of(address);
        assertTrue(bound.isThisComputer());
        assertEquals(host, bound.host());
        assertEquals(url, bound.url("1"));
    }

    @Test
    @DisplayName("Any other address is open to other computers")
    void others() {
        assertFalse(of("0.0.0.0").isThisComputer());
        assertEquals("http://localhost:1", of("0.0.0.0").url("1"));
        assertFalse(of("::").isThisComputer());
        assertFalse(of("192.0.2.1").isThisComputer());
        assertEquals("http://192.0.2.1:1", of("192.0.2.1").url("1"));
        assertThrows(IllegalArgumentException.class, () -> of("no address"));
    }
}
