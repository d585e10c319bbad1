package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.ReceivedCommand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A recording by its commands, and which of them were asked for; shared by the connections of one replay. */
final class Scenes {

    /**
     * A command that was recorded, and what belongs to it: its reply, wherever that came, and the events that came between it
     * and the next command; in the order in which they came. Equal to itself alone.
     */
    static final class Scene {

        private final RecordedCommand command;
        private final List<Entry> actions = new ArrayList<>();

        private Scene(Entry.Message message) {
            this.command = new RecordedCommand(message);
        }

        RecordedCommand command() {
            return command;
        }

        List<Entry> actions() {
            return actions;
        }
    }

    private final Recording recording;
    private final List<List<Entry>> openings = new ArrayList<>();
    private final List<Scene> scenes = new ArrayList<>();
    private final Set<Scene> played = new HashSet<>();

    Scenes(Recording recording) {
        this.recording = recording;
        recording.conversations().forEach(this::add);
    }

    private void add(List<Entry> conversation) {
        Map<Object, Queue<Scene>> asked = new HashMap<>();
        List<Entry> current = new ArrayList<>();
        openings.add(current);
        for (Entry entry : conversation) {
            if (entry.mark().direction() == Direction.SERVER) {
                Scene scene = entry instanceof Entry.Message message && message.isReply()
                        ? asked.getOrDefault(message.id(), new ArrayDeque<>()).poll()
                        : null;
                (scene == null ? current : scene.actions).add(entry);
            } else if (entry instanceof Entry.Message message) {
                Scene scene = new Scene(message);
                current = scene.actions;
                scenes.add(scene);
                asked.computeIfAbsent(message.id(), id -> new ArrayDeque<>()).add(scene);
            }
        }
    }

    /** What comes before any command, a greeting as a rule; connections beyond the recorded ones begin as the last. */
    List<Entry> opening(int connection) {
        return openings.get(Math.min(connection, openings.size() - 1));
    }

    /** The first of the command's scenes that was not asked for yet, else the last of them; null if it has none. */
    @Nullable
    Scene find(ReceivedCommand received) {
        Scene last = null;
        for (Scene scene : scenes) {
            if (scene.command.isNamedLike(received)
                    && scene.command.differences(received).isEmpty()) {
                last = scene;
                if (played.add(scene)) {
                    return scene;
                }
            }
        }
        return last;
    }

    /** Says why nothing was found. */
    String problemOf(ReceivedCommand received) {
        StringBuilder text = new StringBuilder(recording.name()).append(" has no ");
        text.append(RecordedCommand.text(received.raw()));
        Set<String> names = new LinkedHashSet<>();
        for (Scene scene : scenes) {
            if (scene.command.isNamedLike(received)) {
                text.append("; ")
                        .append(recording.placeOf(scene.command.entry()))
                        .append(" differs:");
                scene.command.differences(received).forEach(difference -> text.append("\n  ")
                        .append(difference));
                return text.toString();
            }
            names.add(scene.command.name());
        }
        return text + "; its commands are " + String.join(", ", names);
    }

    /** The commands that were not asked for. */
    List<String> missing() {
        return scenes.stream()
                .filter(scene -> !played.contains(scene))
                .map(scene -> recording.missing(scene.command))
                .toList();
    }
}
