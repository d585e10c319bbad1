package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("C25: a command out of band")
class ReadAheadTest {

    private static final String SLOW =
            "\"dump-guest-memory\", \"arguments\": {\"paging\": false, \"protocol\": \"file:";
    private static final String OOB = "{\"exec-oob\": \"query-yank\", \"id\": \"oob\"}\n";

    @ParameterizedTest(name = "{0} in-band commands wait, and one runs: oob first: {1}")
    @CsvSource({"0, true", "7, true", "8, false", "30, false"})
    @DisplayName("is answered before those that wait, unless they are eight")
    void overtakes(int waiting, boolean first, @TempDir Path folder) throws IOException {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        try (RunningFakeQmpServer server = server(time);
                RawClient client = negotiated(server.address(), true)) {
            client.send(input(waiting, folder));
            server.awaitCommand("last");
            time.advanceTimeBy(Duration.ofSeconds(1));
            List<String> lines = client.lines(waiting + 3);
            assertEquals(first, lines.get(0).contains("oob"), lines::toString);
            time.dispose();
        }
    }

    @Test
    @DisplayName("waits for the command that runs, if the client has not enabled oob")
    void notEnabled(@TempDir Path folder) throws IOException {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        try (RunningFakeQmpServer server = server(time);
                RawClient client = negotiated(server.address(), false)) {
            client.send(input(0, folder));
            server.awaitCommand("last");
            time.advanceTimeBy(Duration.ofSeconds(1));
            List<String> lines = client.lines(3);
            assertEquals(List.of("slow", "oob", "last"), ids(lines), lines::toString);
            time.dispose();
        }
    }

    @Qemu
    @ParameterizedTest(name = "{0} in-band commands wait")
    @ValueSource(ints = {7, 8, 9})
    @DisplayName("is answered when QEMU answers it")
    void equalsQemu(int waiting, @TempDir Path folder) throws IOException {
        QemuWords.nearest(QemuBinary.SYSTEM);
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        try (QemuProcess qemu = QemuLauncher.system()
                        .withArgs("-machine", "pc", "-accel", "tcg", "-m", "256")
                        .start();
                RawClient real = negotiated(qemu.address(), true);
                RunningFakeQmpServer server = server(time);
                RawClient fake = negotiated(server.address(), true)) {
            real.send(input(waiting, folder));
            fake.send(input(waiting, folder));
            server.awaitCommand("last");
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertEquals(
                    isBehindSlow(real.until(text -> text.contains("\"last\"") && text.endsWith("\r\n"))),
                    isBehindSlow(fake.until(text -> text.contains("\"last\"") && text.endsWith("\r\n"))));
            time.dispose();
        }
    }

    private static RunningFakeQmpServer server(VirtualTimeScheduler time) {
        return FakeQmpServer.create()
                .withScheduler(time)
                .when("dump-guest-memory")
                .answer(Answer.reply("{}").delayed(Duration.ofSeconds(1)))
                .when("query-name")
                .reply("{}")
                .when("query-yank")
                .reply("[]")
                .when("last")
                .commandNotFound()
                .startUnix();
    }

    private static RawClient negotiated(String address, boolean oob) throws IOException {
        RawClient client = RawClient.connect(address);
        client.line();
        client.send(
                "{\"execute\": \"qmp_capabilities\", \"arguments\": {\"enable\": [" + (oob ? "\"oob\"" : "") + "]}}");
        client.line();
        return client;
    }

    private static String input(int waiting, Path folder) {
        StringBuilder input =
                new StringBuilder("{\"execute\": " + SLOW + folder.resolve("dump") + "\"}, \"id\": \"slow\"}\n");
        IntStream.range(0, waiting).forEach(i -> input.append("{\"execute\": \"query-name\", \"id\": \"n\"}\n"));
        return input.append(OOB)
                .append("{\"execute\": \"last\", \"id\": \"last\"}\n")
                .toString();
    }

    private static boolean isBehindSlow(String text) {
        return text.indexOf("\"oob\"") > text.indexOf("\"slow\"");
    }

    private static List<String> ids(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst(".*\"id\": \"(\\w+)\".*", "$1"))
                .toList();
    }
}
