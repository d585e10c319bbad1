package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.json.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
 */
public record Recording(String name, List<Entry> entries) {

    static final String FORMAT = "qmp-recording";
    static final int VERSION = 1;

    /**
     * Reads a recording. A last line that was not written to its end is left out.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it is no recording; names the file and the line
     */
    public static Recording of(Path file) {
        try {
            return read(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("There is no recording " + file.toAbsolutePath(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("The recording " + file + " cannot be read: " + e, e);
        }
    }

    private static Recording read(String name, String text) {
        String[] lines = text.split("\n", -1);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            boolean cutOff = i == lines.length - 1;
            if (lines[i].isBlank() && i > 0) {
                continue;
            }
            try {
                JsonNode line = JsonText.read(lines[i]);
                if (i == 0) {
                    readHeader(line);
                } else if (!line.path("complete").booleanValue(false)) {
                    entries.add(Entry.read(line, i + 1));
                }
            } catch (IllegalArgumentException e) {
                if (!cutOff || i == 0) {
                    throw new IllegalArgumentException(name + ", line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        return new Recording(name, List.copyOf(entries));
    }

    private static void readHeader(JsonNode header) {
        boolean isRecording = FORMAT.equals(header.path("format").asString(""));
        if (!isRecording || header.path("version").asInt(0) != VERSION) {
            throw new IllegalArgumentException("the first line has to be {\"format\":\"" + FORMAT + "\",\"version\":"
                    + VERSION + ", ...}" + (isRecording ? "; record it anew" : ""));
        }
    }

    /**
     * Refuses what no fake can replay.
     *
     * @throws IllegalArgumentException if nothing was recorded, or what was no JSON
     */
    public Recording requireReplayable() {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(name + ": nothing was recorded");
        }
        for (Entry entry : entries) {
            if (entry.unreadable() != null) {
                throw new IllegalArgumentException(
                        placeOf(entry) + ": what was no JSON cannot be replayed (" + entry.unreadable() + ")");
            }
        }
        return this;
    }

    String placeOf(Entry entry) {
        return name + ", line " + entry.line();
    }

    public Optional<ObjectNode> greeting() {
        return entries.stream()
                .filter(entry -> entry.json().path("message").has("QMP"))
                .findFirst()
                .map(Entry::message);
    }

    /** Returns those of each connection, in order. */
    Collection<List<Entry>> conversations() {
        return entries.stream()
                .collect(Collectors.groupingBy(Entry::connection, TreeMap::new, Collectors.toList()))
                .values();
    }
}
