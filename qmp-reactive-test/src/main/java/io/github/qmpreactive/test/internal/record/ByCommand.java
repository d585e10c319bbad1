package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.ReceivedCommand;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Answers each command with the scene that it had when it was recorded, whenever it comes. */
final class ByCommand implements Player {

    private final Scenes scenes;
    private final int connection;
    private final Replayed server;
    private final Pace pace;
    private final Consumer<String> problems;

    ByCommand(Scenes scenes, int connection, Replayed server, Pace pace, Consumer<String> problems) {
        this.scenes = scenes;
        this.connection = connection;
        this.server = server;
        this.pace = pace;
        this.problems = problems;
    }

    @Override
    public void begin() {
        Scene opening = scenes.opening(connection);
        play(opening.start(), opening.actions());
    }

    @Override
    public void onCommand(ReceivedCommand received) {
        scenes.find(received).ifPresentOrElse(scene -> play(scene, received), () -> {
            String problem = scenes.problemOf(received);
            problems.accept(problem);
            server.refuse(received, problem);
        });
    }

    private void play(Scene scene, ReceivedCommand received) {
        RecordedCommand command = scene.command();
        if (command != null) {
            ObjectNode recorded = command.entry().json();
            server.answers(recorded, received);
        }
        play(scene.start(), scene.actions());
    }

    private void play(Duration now, List<Entry> actions) {
        for (int i = 0; i < actions.size(); i++) {
            Entry action = actions.get(i);
            Duration then = action.mark().time();
            if (pace.waits(i == 0 ? now : actions.get(i - 1).mark().time(), then)) {
                List<Entry> rest = actions.subList(i, actions.size());
                pace.wait(i == 0 ? now : actions.get(i - 1).mark().time(), then, () -> play(then, rest));
                return;
            }
            server.play(action);
        }
    }
}
