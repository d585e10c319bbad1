package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Answers each command with the scene that it had when it was recorded, whenever it comes. */
final class ByCommand extends Player {

    private final Scenes scenes;
    private final int connection;

    ByCommand(
            Scenes scenes, FakeConnection connection, @Nullable Supplier<Scheduler> timer, Consumer<String> problems) {
        super(connection, timer, problems);
        this.scenes = scenes;
        this.connection = connection.number();
    }

    @Override
    void begin() {
        play(Duration.ZERO, scenes.opening(connection));
    }

    @Override
    void onCommand(ReceivedCommand received) {
        Scenes.Scene scene = scenes.find(received);
        if (scene == null) {
            fail(received, scenes.problemOf(received));
        } else {
            answers(scene.command().entry(), received);
            play(scene.command().entry().mark().time(), scene.actions());
        }
    }

    private void play(Duration start, List<Entry> actions) {
        Duration now = start;
        for (int i = 0; i < actions.size(); i++) {
            Duration then = actions.get(i).mark().time();
            if (waits(now, then)) {
                List<Entry> rest = actions.subList(i, actions.size());
                after(now, then, () -> play(then, rest));
                return;
            }
            play(actions.get(i));
            now = then;
        }
    }
}
