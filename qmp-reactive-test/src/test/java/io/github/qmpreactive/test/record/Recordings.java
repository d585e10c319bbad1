package io.github.qmpreactive.test.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Recordings that are written by hand; a second passes from line to line. */
final class Recordings {

    static final String HEADER =
            "{\"format\":\"qmp-recording\",\"version\":1,\"recorded\":\"2026-01-31T12:00:00Z\",\"secrets\":\"***\"}";
    static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7},"
            + " \"package\": \"by hand\"}, \"capabilities\": []}}";

    private final List<String> lines = new ArrayList<>(List.of(HEADER));
    private int connection;

    /** Of a client that has negotiated. */
    static Recordings begun() {
        return new Recordings()
                .server(GREETING)
                .client("{\"execute\": \"qmp_capabilities\", \"id\": \"#0\"}")
                .server("{\"return\": {}, \"id\": \"#0\"}");
    }

    static Recordings empty() {
        return new Recordings();
    }

    Recordings client(String message) {
        return line("client", "\"message\":" + message);
    }

    Recordings client(String message, String hidden) {
        return line("client", "\"message\":" + message + ",\"hidden\":[\"" + hidden + "\"]");
    }

    Recordings server(String message) {
        return line("server", "\"message\":" + message);
    }

    Recordings closedByServer() {
        return line("server", "\"end\":\"closed\"");
    }

    Recordings resetByServer() {
        return line("server", "\"end\":\"reset\"");
    }

    Recordings closedByClient() {
        return line("client", "\"end\":\"closed\"");
    }

    Recordings line(String direction, String rest) {
        lines.add("{\"time\":%d.5,\"connection\":%d,\"direction\":\"%s\",%s}"
                .formatted(lines.size(), connection, direction, rest));
        return this;
    }

    Recordings nextConnection() {
        connection++;
        return this;
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }

    Path in(Path folder) {
        return write(folder.resolve("by-hand.jsonl"), text());
    }

    static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
