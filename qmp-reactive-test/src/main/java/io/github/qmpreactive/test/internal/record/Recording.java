package io.github.qmpreactive.test.internal.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was recorded.
 *
 * @param name of the file, for errors
 * @param entries in the order in which they happened
 * @param complete whether the recorder was closed, or was aborted
 */
public record Recording(String name, List<Entry> entries, boolean complete) {

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
                if (i == 0) {
                    RecordingFormat.readHeader(lines[i]);
                    continue;
                }
                Optional<Entry> entry = RecordingFormat.readLine(lines[i], i + 1);
                complete = entry.isEmpty();
                entry.ifPresent(entries::add);
            } catch (IllegalArgumentException e) {
                if (!cutOff || i == 0) {
                    throw new IllegalArgumentException(name + ", line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        return new Recording(name, List.copyOf(entries), complete);
    }

    /** Where an entry stands, for errors. */
    public String placeOf(Entry entry) {
        return name + ", line " + entry.mark().line();
    }

    /** Says that a command was not sent. */
    String missing(RecordedCommand command) {
        return placeOf(command.entry()) + ": " + command.text() + " was not sent";
    }

    /** Returns those of each connection, in order. */
    public List<List<Entry>> conversations() {
        List<List<Entry>> conversations = new ArrayList<>();
        for (Entry entry : entries) {
            while (conversations.size() <= entry.mark().connection()) {
                conversations.add(new ArrayList<>());
            }
            conversations.get(entry.mark().connection()).add(entry);
        }
        return conversations;
    }
}
