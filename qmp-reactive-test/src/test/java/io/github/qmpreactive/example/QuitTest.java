package io.github.qmpreactive.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("The example program runs quit")
class QuitTest {

    private static List<String> transcript(String address) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new QmpMain(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(address, "quit");
        assertEquals(0, code, () -> err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll("^[ 0-9.]+ s  ", ""))
                .toList();
    }

    @Test
    @DisplayName("and prints the reply, which comes before the end")
    void reply() {
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                .when("quit")
                .answer(Answer.reply("{}").thenClose())
                .startUnix()) {
            List<String> lines = transcript(server.address());
            assertEquals(List.of("> quit", "< {}", "disconnected"), lines.subList(1, lines.size()));
        }
    }

    @Test
    @DisplayName("and takes the end of the connection for the reply where there is none")
    void noReply() {
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                .when("quit")
                .answer(Faults.silence().thenClose())
                .startUnix()) {
            List<String> lines = transcript(server.address());
            assertEquals(List.of("> quit", "disconnected"), lines.subList(1, lines.size()));
        }
    }

    @Test
    @Qemu
    @DisplayName("at real QEMU, whose reply it prints")
    void real(QemuProcess qemu) {
        List<String> lines = transcript(qemu.address());
        assertTrue(lines.contains("< {}"), lines::toString);
        assertEquals("disconnected", lines.get(lines.size() - 1));
    }
}
