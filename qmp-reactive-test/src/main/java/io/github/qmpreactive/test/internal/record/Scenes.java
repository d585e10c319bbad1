package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.ReceivedCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All scenes of a recording, and which of them were asked for; shared by the connections of one replay. */
final class Scenes {

    private final Recording recording;
    private final List<List<Scene>> conversations;
    private final Set<Scene> played = new HashSet<>();

    Scenes(Recording recording) {
        this.recording = recording;
        this.conversations = recording.conversations().stream().map(Scene::of).toList();
    }

    /** What a connection begins with; those beyond the recorded ones begin as the last. */
    Scene opening(int connection) {
        return conversations.get(Math.min(connection, conversations.size() - 1)).get(0);
    }

    /** The first of the command's scenes that was not asked for yet, else the last of them; empty if it has none. */
    Optional<Scene> find(ReceivedCommand received) {
        List<Scene> found = new ArrayList<>();
        for (Scene scene : commands()) {
            RecordedCommand command = scene.command();
            if (command != null
                    && command.isNamedLike(received)
                    && command.differences(received).isEmpty()) {
                found.add(scene);
            }
        }
        for (Scene scene : found) {
            if (played.add(scene)) {
                return Optional.of(scene);
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(found.size() - 1));
    }

    /** Says why nothing was found. */
    String problemOf(ReceivedCommand received) {
        StringBuilder text = new StringBuilder(recording.name()).append(" has no ");
        text.append(RecordedCommand.text(received.raw()));
        Set<String> names = new LinkedHashSet<>();
        for (Scene scene : commands()) {
            RecordedCommand command = scene.command();
            if (command != null && command.isNamedLike(received)) {
                text.append("; ").append(recording.placeOf(command.entry())).append(" differs:");
                command.differences(received)
                        .forEach(difference -> text.append("\n  ").append(difference));
                return text.toString();
            }
            if (command != null) {
                names.add(command.name());
            }
        }
        return text.append("; its commands are ")
                .append(String.join(", ", names))
                .toString();
    }

    /** The commands that were not asked for. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Scene scene : commands()) {
            RecordedCommand command = scene.command();
            if (command != null && !played.contains(scene)) {
                missing.add(recording.placeOf(command.entry()) + ": " + command.text() + " was not sent");
            }
        }
        return missing;
    }

    private List<Scene> commands() {
        return conversations.stream()
                .flatMap(List::stream)
                .filter(scene -> scene.command() != null)
                .toList();
    }
}
