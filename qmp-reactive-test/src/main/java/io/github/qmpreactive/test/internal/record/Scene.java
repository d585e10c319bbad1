package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.record.Entry.Mark;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A command that was recorded, and what belongs to it: its reply, wherever that came, and the events that came between it
 * and the next command; in the order in which they came. The first scene of a connection has no command, and holds what
 * came before any: the greeting, as a rule.
 */
final class Scene {

    private final @Nullable RecordedCommand command;
    private final Duration start;
    private final List<Entry> actions = new ArrayList<>();

    private Scene(@Nullable RecordedCommand command, Duration start) {
        this.command = command;
        this.start = start;
    }

    /** The scenes of one connection. */
    static List<Scene> of(List<Entry> conversation) {
        List<Scene> scenes = new ArrayList<>();
        Map<Object, Queue<Scene>> asked = new HashMap<>();
        Scene current = new Scene(null, Duration.ZERO);
        scenes.add(current);
        for (Entry entry : conversation) {
            Mark mark = entry.mark();
            if (mark.direction() == Direction.SERVER) {
                sceneOf(entry, asked, current).actions.add(entry);
            } else if (entry instanceof Entry.Message message) {
                current = new Scene(new RecordedCommand(message), mark.time());
                scenes.add(current);
                asked.computeIfAbsent(Replayed.keyOf(message.json().get("id")), id -> new ArrayDeque<>())
                        .add(current);
            }
        }
        return scenes;
    }

    private static Scene sceneOf(Entry entry, Map<Object, Queue<Scene>> asked, Scene current) {
        if (entry instanceof Entry.Message message && Replayed.isReply(message.json())) {
            Queue<Scene> waiting = asked.get(Replayed.keyOf(message.json().get("id")));
            Scene first = waiting == null ? null : waiting.poll();
            return first == null ? current : first;
        }
        return current;
    }

    @Nullable
    RecordedCommand command() {
        return command;
    }

    /** When it began. */
    Duration start() {
        return start;
    }

    List<Entry> actions() {
        return actions;
    }
}
