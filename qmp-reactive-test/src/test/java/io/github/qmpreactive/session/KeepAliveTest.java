package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@ExtendWith(LeakGuard.class)
@DisplayName("TCP keep-alive")
class KeepAliveTest {

    /** The timer of a socket, as the system shows it. */
    private static final String KEEP_ALIVE = "02";

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("The system watches an idle connection if it is asked to, and does not by default")
    void timer() {
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startTcp()) {
            QmpSession without = connect(server);
            QmpSession with = connect(client(server).keepAlive(Duration.ofMinutes(5)));
            // For a moment after something was sent the timer is another one.
            await(Flux.interval(Duration.ofMillis(20))
                    .filter(tick -> watched(server.port()) == 1)
                    .next());
            finish(without.disconnect());
            finish(with.disconnect());
        }
    }

    @Test
    @DisplayName("On a UNIX socket it has no meaning, and does no harm")
    void unix() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(client(server).keepAlive(Duration.ofSeconds(1)));
            assertEquals(
                    "running",
                    await(session.execute("query-status")).path("status").stringValue());
            finish(session.disconnect());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.999S", "-PT1M", "PT9H"})
    @DisplayName("A time that no system takes is refused at once")
    void bad(Duration idle) {
        var error = assertThrows(
                IllegalArgumentException.class, () -> QmpClient.create().keepAlive(idle));
        assertTrue(String.valueOf(error.getMessage()).contains("from 1 second to 9 hours"), error::getMessage);
    }

    /** How many connections to the port there are whose pending timer is that of keep-alive. */
    private static long watched(int port) {
        String remote = ":%04X".formatted(port);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(file -> lines(Path.of(file)).stream())
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[2].endsWith(remote) && fields[5].startsWith(KEEP_ALIVE))
                .count();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
