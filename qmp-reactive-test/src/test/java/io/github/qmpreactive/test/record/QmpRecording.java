package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.internal.record.Entry;
import io.github.qmpreactive.test.internal.record.Recording;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** What is in the file of a recording. */
record QmpRecording(Path file, List<Entry> entries) {

    static QmpRecording of(Path file) {
        return new QmpRecording(file, Recording.of(file).entries());
    }

    /** Whether the recorder was closed, and not aborted. */
    boolean isComplete() {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.get(lines.size() - 1).endsWith("\"complete\":true}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long connections() {
        return entries.stream()
                .map(entry -> entry.json().path("connection").intValue())
                .distinct()
                .count();
    }

    List<ObjectNode> sent() {
        return messages(false);
    }

    List<ObjectNode> received() {
        return messages(true);
    }

    private List<ObjectNode> messages(boolean isServer) {
        return entries.stream()
                .filter(entry -> entry.isServer() == isServer)
                .map(Entry::message)
                .filter(Objects::nonNull)
                .toList();
    }
}
