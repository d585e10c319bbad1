package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("README: a session on a channel of one's own")
@ExtendWith(LeakGuard.class)
class OwnChannelTest {

    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 7},"
                    + " \"package\": \"\"}, \"capabilities\": []}}\r\n";

    private interface Libc extends Library {
        Libc CALLS = Native.load("c", Libc.class);

        int socketpair(int domain, int type, int protocol, int[] descriptors);

        long write(int fd, Memory bytes, long length);

        long read(int fd, Memory bytes, long length);

        int close(int fd);
    }

    private static void write(int fd, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Memory memory = new Memory(bytes.length)) {
            memory.write(0, bytes, 0, bytes.length);
            assertEquals(bytes.length, Libc.CALLS.write(fd, memory, bytes.length));
        }
    }

    /** Blocks until a command has come. */
    private static String read(int fd) {
        try (Memory memory = new Memory(4096)) {
            long length = Libc.CALLS.read(fd, memory, 4096);
            return new String(memory.getByteArray(0, (int) Math.max(0, length)), StandardCharsets.UTF_8);
        }
    }

    private static void answer(int fd, String command, String result) {
        JsonNode received = JsonMapper.shared().readTree(read(fd));
        assertEquals(command, received.path("execute").asString(""));
        write(fd, "{\"return\": " + result + ", \"id\": " + received.path("id") + "}\r\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("descriptor-number: one end of a socketpair becomes a session, and is closed with it")
    void socketpair() {
        int[] ends = new int[2];
        // AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC
        assertEquals(0, Libc.CALLS.socketpair(1, 1 | 0x80000, 0, ends));
        LoopResources loops = LoopResources.create("own", 1, true);
        try {
            write(ends[1], GREETING);
            CompletableFuture<QmpSession> opening =
                    OwnChannelSnippet.connect(ends[0], loops).toFuture();
            answer(ends[1], "qmp_capabilities", "{}");
            QmpSession session = Objects.requireNonNull(Mono.fromFuture(opening).block(PATIENCE));
            var status = session.execute("query-status").toFuture();
            answer(ends[1], "query-status", "{\"status\": \"running\"}");
            assertEquals(
                    "running",
                    Objects.requireNonNull(Mono.fromFuture(status).block(PATIENCE))
                            .path("status")
                            .asString());
            session.disconnect().block(PATIENCE);
            assertEquals("", read(ends[1]));
        } finally {
            Libc.CALLS.close(ends[1]);
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(PATIENCE);
        }
    }

    @Test
    @DisplayName("A channel without Reactor Netty's bridge: the error says what is missing and how to get it")
    void withoutBridge() {
        EmbeddedChannel monitor = new EmbeddedChannel();
        lacksBridge(QmpClient.create().name("vm").connect(Connection.from(monitor)), monitor);
        EmbeddedChannel agent = new EmbeddedChannel();
        lacksBridge(QgaClient.create().name("vm").connect(Connection.from(agent)), agent);
    }

    private static void lacksBridge(Mono<?> connect, EmbeddedChannel channel) {
        StepVerifier.create(connect).verifyErrorSatisfies(e -> {
            ConnectError error = assertInstanceOf(ConnectError.class, e);
            assertEquals(Reason.OTHER, error.reason());
            String message = String.valueOf(error.getMessage());
            assertTrue(message.startsWith("[vm] Nothing can be read from this connection"), message);
            assertTrue(message.contains("ChannelOperations.addReactiveBridge"), message);
        });
        channel.runPendingTasks();
        assertFalse(channel.isOpen());
    }
}
