package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.UserDetails;

@DisplayName("Console: safe by default")
@ExtendWith(LeakGuard.class)
class ConsoleSafetyTest {

    private static HttpStatusCode get(RunningConsole console, String path, String header, String value) {
        return console.web()
                .get()
                .uri(path)
                .header(header, value)
                .exchange()
                .expectBody()
                .returnResult()
                .getStatus();
    }

    @Test
    @DisplayName("It answers to its own names alone, so that no other name can be pointed to it")
    void rebinding() {
        try (RunningConsole console = RunningConsole.with(Map.of("console.hosts", "console.example,other.example"))) {
            int port = console.port();
            for (String host : List.of("localhost", "127.0.0.1", "[::1]", "CONSOLE.example", "other.example")) {
                assertEquals(HttpStatus.OK, get(console, "/", HttpHeaders.HOST, host + ":" + port), host);
            }
            for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.", "")) {
                for (String path : List.of("/", "/main.js", "/api/console", "/api/stream")) {
                    assertEquals(HttpStatus.FORBIDDEN, get(console, path, HttpHeaders.HOST, host), host + path);
                }
            }
        }
    }

    @Test
    @DisplayName("It refuses requests of other sites' pages; links to it may be followed")
    void sites() {
        try (RunningConsole console = RunningConsole.with(Map.of())) {
            String own = "http://127.0.0.1:" + console.port();
            assertEquals(HttpStatus.OK, get(console, "/api/console", HttpHeaders.ORIGIN, own));
            for (String origin :
                    List.of("http://evil.example", "http://127.0.0.1:1", "null", "http://a b", own + "0")) {
                assertEquals(HttpStatus.FORBIDDEN, get(console, "/api/console", HttpHeaders.ORIGIN, origin), origin);
            }
            assertEquals(HttpStatus.FORBIDDEN, get(console, "/api/console", "Sec-Fetch-Site", "cross-site"));
            assertEquals(HttpStatus.FORBIDDEN, get(console, "/api/console", "Sec-Fetch-Site", "same-site"));
            assertEquals(HttpStatus.OK, get(console, "/api/console", "Sec-Fetch-Site", "same-origin"));
            assertEquals(HttpStatus.OK, get(console, "/", "Sec-Fetch-Site", "cross-site"));
        }
    }

    @Test
    @DisplayName("A form of another site cannot send a command, whatever its type")
    void forms() {
        try (RunningConsole console = RunningConsole.at("vm=unix:/nowhere/vm.sock")) {
            for (String type :
                    List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")) {
                HttpStatusCode status = console.web()
                        .post()
                        .uri("/api/machines/vm/commands")
                        .header(HttpHeaders.CONTENT_TYPE, type)
                        .bodyValue("{\"command\": \"stop\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getStatus();
                assertEquals(HttpStatus.UNSUPPORTED_MEDIA_TYPE, status, type);
            }
        }
    }

    @Test
    @DisplayName("The page takes nothing from elsewhere, and no other page frames it")
    void headers() {
        try (RunningConsole console = RunningConsole.with(Map.of())) {
            HttpHeaders headers = console.web()
                    .get()
                    .uri("/")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .returnResult()
                    .getResponseHeaders();
            String policy = Objects.requireNonNull(headers.getFirst("Content-Security-Policy"));
            assertTrue(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), policy);
            assertEquals("no-store", headers.getFirst(HttpHeaders.CACHE_CONTROL));
        }
    }

    @Test
    @DisplayName("Without an address, or with an empty one, it listens at 127.0.0.1 alone")
    void thisComputer() throws IOException {
        // Another address of this computer, which a socket bound to all would have, too.
        InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        for (Map<String, Object> properties :
                List.<Map<String, Object>>of(Map.of(), Map.of("server.address", ""), Map.of("server.address", " "))) {
            try (RunningConsole console = RunningConsole.with(properties)) {
                assertEquals(HttpStatus.OK, get(console, "/", "X", "x"));
                assertThrows(
                        ConnectException.class, () -> new Socket(other, console.port()).close(), properties::toString);
            }
        }
    }

    @Test
    @DisplayName("Bound to all addresses it asks for a password: one of its own making, unless one is set")
    void password() {
        Map<String, Object> all = Map.of("server.address", "0.0.0.0");
        try (RunningConsole console = RunningConsole.with(all);
                RunningConsole other = RunningConsole.with(all)) {
            String generated = generated(console);
            assertTrue(generated.matches("[0-9a-f]{32}"), generated);
            assertNotEquals(generated, generated(other));
            assertEquals(HttpStatus.OK, get(console, "/", "Authorization", basic("console:" + generated)));
            assertEquals(HttpStatus.UNAUTHORIZED, get(other, "/", "Authorization", basic("console:" + generated)));
            assertEquals(HttpStatus.UNAUTHORIZED, get(console, "/", "X", "x"));
        }
        try (RunningConsole console =
                RunningConsole.with(Map.of("server.address", "0.0.0.0", "console.password", "secret"))) {
            for (String path : List.of("/", "/main.js", "/api/console", "/api/stream")) {
                assertEquals(HttpStatus.UNAUTHORIZED, get(console, path, "X", "x"), path);
            }
            assertEquals(HttpStatus.UNAUTHORIZED, get(console, "/", "Authorization", basic("console:wrong")));
            assertEquals(HttpStatus.OK, get(console, "/", "Authorization", basic("console:secret")));
            assertEquals(HttpStatus.FORBIDDEN, get(console, "/", HttpHeaders.HOST, "evil.example"));
        }
    }

    private static String generated(RunningConsole console) {
        MapReactiveUserDetailsService users = console.bean(MapReactiveUserDetailsService.class);
        UserDetails user =
                Objects.requireNonNull(users.findByUsername("console").block(Patience.PATIENCE));
        return Objects.requireNonNull(user.getPassword()).replace("{noop}", "");
    }

    private static String basic(String user) {
        return "Basic " + HttpHeaders.encodeBasicAuth(user.split(":")[0], user.split(":")[1], null);
    }

    @Test
    @DisplayName("Machines are given as NAME=ADDRESS; a mistake is told without the address")
    void addresses() {
        assertEquals(
                Map.of("web", "unix:/run/web.sock", "db", "tcp:10.0.0.5:4444"),
                Addresses.of("web=unix:/run/web.sock, db=tcp:10.0.0.5:4444"));
        for (String line : List.of("/run/web.sock", "=unix:/run/web.sock", "a b=unix:/run/web.sock", "w=/r,w=/r")) {
            String message =
                    Objects.requireNonNull(assertThrows(IllegalArgumentException.class, () -> Addresses.of(line))
                            .getMessage());
            assertTrue(!message.contains("/r"), message);
        }
    }
}
