package io.github.qmpreactive.test.record;

import io.github.qmpreactive.test.internal.record.Entry;
import io.github.qmpreactive.test.internal.record.Recording;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** A conversation with QEMU that was recorded by a {@link QmpRecorder}; immutable. */
public final class QmpRecording {

    private final Recording recording;

    private QmpRecording(Recording recording) {
        this.recording = recording;
    }

    /**
     * Reads a recording. One whose recorder was aborted is good up to its last whole line.
     *
     * @param file where it is
     * @return the recording
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it is no recording; the message names the file and the line
     */
    public static QmpRecording of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new QmpRecording(Recording.read(file.toString(), in));
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("There is no recording " + file.toAbsolutePath(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("The recording " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * Reads a recording from the class path.
     *
     * @param near a class of the same package, for a name without a slash
     * @param name as {@link Class#getResource} takes it, for example {@code "stop-and-go.jsonl"}
     * @return the recording
     * @throws IllegalArgumentException if there is none, or it is no recording; the message names the file and the line
     * @throws UncheckedIOException if it cannot be read
     */
    public static QmpRecording ofResource(Class<?> near, String name) {
        try (InputStream in = near.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no resource " + name + " beside " + near.getName());
            }
            return new QmpRecording(Recording.read(name, in));
        } catch (IOException e) {
            throw new UncheckedIOException("The resource " + name + " cannot be read: " + e, e);
        }
    }

    /** {@return whether the recorder was closed, and not aborted, so that nothing is missing} */
    public boolean isComplete() {
        return recording.complete();
    }

    /** {@return the number of connections} */
    public int connections() {
        return recording.conversations().size();
    }

    /** {@return copies of what the clients sent, in the order of the recording, secrets hidden} */
    public List<ObjectNode> sent() {
        return messages(false);
    }

    /** {@return copies of what QEMU sent, in the order of the recording, secrets hidden: the greeting, replies, events} */
    public List<ObjectNode> received() {
        return messages(true);
    }

    /** For people: the name of the file. */
    @Override
    public String toString() {
        return recording.name();
    }

    Recording recording() {
        return recording;
    }

    private List<ObjectNode> messages(boolean isServer) {
        return recording.entries().stream()
                .filter(entry -> entry.isServer() == isServer)
                .map(Entry::message)
                .filter(Objects::nonNull)
                .map(ObjectNode::deepCopy)
                .toList();
    }
}
