package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was recorded.
 *
 * @param name of the file, for errors
 * @param entries in the order in which they happened
 * @param complete whether the recorder was closed, or was aborted
 */
public record Recording(String name, List<Entry> entries, boolean complete) {

    static final String FORMAT = "qmp-recording";
    static final int VERSION = 1;

    /**
     * Reads a recording. A last line that was not written to its end is left out.
     *
     * @param in is read to its end; stays the caller's to close
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no recording; names the file and the line
     */
    public static Recording read(String name, InputStream in) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        String[] lines = text.split("\n", -1);
        List<Entry> entries = new ArrayList<>();
        boolean complete = false;
        for (int i = 0; i < lines.length; i++) {
            boolean cutOff = i == lines.length - 1;
            if (lines[i].isBlank() && i > 0) {
                continue;
            }
            try {
                JsonNode line = JsonText.read(lines[i]);
                if (i == 0) {
                    readHeader(line);
                } else if (line.path("complete").booleanValue(false)) {
                    complete = true;
                } else {
                    complete = false;
                    entries.add(Entry.read(line, i + 1));
                }
            } catch (IllegalArgumentException e) {
                if (!cutOff || i == 0) {
                    throw new IllegalArgumentException(name + ", line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        return new Recording(name, List.copyOf(entries), complete);
    }

    private static void readHeader(JsonNode header) {
        boolean isRecording = FORMAT.equals(header.path("format").asString(""));
        if (!isRecording || header.path("version").asInt(0) != VERSION) {
            throw new IllegalArgumentException("the first line has to be {\"format\":\"" + FORMAT + "\",\"version\":"
                    + VERSION + ", ...}" + (isRecording ? "; record it anew" : ""));
        }
    }

    /** Where an entry stands, for errors. */
    public String placeOf(Entry entry) {
        return name + ", line " + entry.line();
    }

    /** The first greeting; empty if there was none. */
    Optional<ObjectNode> greeting() {
        return entries.stream()
                .filter(entry -> entry.json().path("message").has("QMP"))
                .findFirst()
                .map(Entry::message);
    }

    /** Returns those of each connection, in order. */
    public Collection<List<Entry>> conversations() {
        return entries.stream()
                .collect(Collectors.groupingBy(Entry::connection, TreeMap::new, Collectors.toList()))
                .values();
    }
}
