package io.github.qmpreactive.test.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.QmpReplay;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A recording")
class QmpRecordingTest {

    @TempDir
    Path folder;

    private QmpRecording read(String text) {
        return QmpRecording.of(Recordings.write(folder.resolve("vm.jsonl"), text));
    }

    private String problemOf(String text) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage());
    }

    @Test
    @DisplayName("tells what was sent and received, by how many clients")
    void content() {
        QmpRecording recording = QmpRecording.of(Recordings.begun()
                .closedByClient()
                .nextConnection()
                .server(Recordings.GREETING)
                .in(folder));
        assertEquals(2, recording.connections());
        assertEquals("qmp_capabilities", recording.sent().get(0).path("execute").asString());
        assertEquals(3, recording.received().size());
    }

    @Test
    @DisplayName("is complete when its recorder was closed")
    void complete() {
        String text = Recordings.begun().text();
        assertFalse(read(text).isComplete());
        QmpRecording closed = read(text + "{\"time\":9,\"complete\":true}\n");
        assertTrue(closed.isComplete());
        assertEquals(1, closed.sent().size());
    }

    @Test
    @DisplayName("that was aborted is good up to its last whole line, wherever it ends")
    void aborted() {
        String text = Recordings.begun().text();
        int beforeLast = text.substring(0, text.length() - 1).lastIndexOf('\n') + 1;
        for (int length = beforeLast; length < text.length(); length++) {
            QmpRecording recording = read(text.substring(0, length));
            assertFalse(recording.isComplete());
            assertEquals(
                    length == text.length() - 1 ? 2 : 1, recording.received().size());
            assertEquals(1, recording.sent().size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | line 2: Not JSON",
                "[] | line 2: a line has a 'time'",
                "{\"connection\":0,\"direction\":\"client\",\"message\":{}} | line 2: a line has a 'time'",
                "{\"time\":1,\"direction\":\"client\",\"message\":{}} | line 2: a line has a 'time'",
                "{\"time\":1,\"connection\":0,\"direction\":\"up\",\"message\":{}} | line 2: a line has a 'time'",
                "{\"time\":1,\"connection\":0,\"direction\":\"client\"} | line 2: a line has a 'time'",
                "{\"time\":1,\"connection\":0,\"direction\":\"client\",\"message\":1} | line 2: a line has a 'time'",
                "{\"time\":1,\"connection\":0,\"direction\":\"client\",\"end\":\"x\"} | line 2: a line has a 'time'"
            })
    @DisplayName("with a bad line is refused, with file and line")
    void badLine(String line, String problem) {
        String message = problemOf(Recordings.HEADER + "\n" + line + "\n");
        assertTrue(message.contains("vm.jsonl, " + problem), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | line 1: Not JSON: the text is empty",
                "{\"QMP\": {}} | line 1: the first line has to be {\"format\":\"qmp-recording\"",
                "{\"format\":\"qmp-recording\",\"version\":2} | line 1: the first line has to be"
                        + " {\"format\":\"qmp-recording\",\"version\":1, ...}; record it anew"
            })
    @DisplayName("with another first line is refused, with what it has to be")
    void badHeader(String header, String problem) {
        String message = problemOf(header + "\n");
        assertTrue(message.contains("vm.jsonl, " + problem), message);
    }

    @Test
    @DisplayName("that is not there is told by its path")
    void missing() {
        Path file = folder.resolve("none.jsonl");
        assertEquals(
                "There is no recording " + file,
                assertThrows(UncheckedIOException.class, () -> QmpReplay.inOrder(file))
                        .getMessage());
    }

    @Test
    @DisplayName("of which nothing can be replayed is refused by the replay, with file and line")
    void notToBeReplayed() {
        Path nothing = Recordings.write(folder.resolve("vm.jsonl"), Recordings.HEADER + "\n");
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class, () -> QmpReplay.inOrder(nothing))
                        .getMessage())
                .contains("vm.jsonl: nothing was recorded"));
        Path garbage = Recordings.begun()
                .line("client", "\"unreadable\":\"JSON parse error, stray 'x'\"")
                .in(folder);
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> QmpReplay.byCommand(garbage))
                .getMessage());
        assertTrue(message.contains("by-hand.jsonl, line 5: what was no JSON cannot be replayed"), message);
    }
}
