package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.node.ObjectNode;

/** The stubs that make a fake replay a recording. Answers on the fakes' event loop, is asked from anywhere. */
public final class Replay {

    private final Recording recording;
    private final boolean byCommand;
    private final @Nullable Supplier<Scheduler> timer;
    private final List<Scene> scenes = new ArrayList<>();
    private @Nullable String failure;
    private volatile @Nullable RunningFakeQmpServer server;

    /**
     * A replay that has not begun.
     *
     * @param byCommand whether commands are answered whenever they come, or have to come in order
     * @param timer for the pace of the recording, looked up at each wait; null for none
     */
    public Replay(Recording recording, boolean byCommand, @Nullable Supplier<Scheduler> timer) {
        this.recording = recording;
        this.byCommand = byCommand;
        this.timer = timer;
        recording.conversations().forEach(conversation -> scenes.addAll(Scene.of(conversation)));
    }

    /** A fake that greets as QEMU did, and answers as it did. */
    public FakeQmpServer on(FakeQmpServer fake) {
        return recording
                .greeting()
                .map(greeting -> fake.withGreeting(JsonText.write(greeting) + "\r\n"))
                .orElseGet(fake::withoutGreeting)
                .when("qmp_capabilities")
                .answer(this::answer)
                .whenAny()
                .answer(this::answer);
    }

    /** That fake runs. */
    public void begin(RunningFakeQmpServer running) {
        server = running;
    }

    /** Whether commands have to come in order. */
    public boolean isInOrder() {
        return !byCommand;
    }

    /** Returns a text for each command that was recorded and was not sent. */
    public List<String> missing() {
        return scenes.stream()
                .filter(scene -> !scene.isPlayed())
                .map(scene -> recording.placeOf(scene.entry()) + ": " + scene + " was not sent")
                .toList();
    }

    /** Throws what the kit then tells the client, and the test at its end. */
    private Answer answer(ReceivedCommand received) {
        if (failure != null) {
            throw new AssertionError("The replay has failed before: " + failure);
        }
        List<Scene> same = candidates(received)
                .filter(scene -> scene.differences(received).isEmpty())
                .toList();
        if (same.isEmpty()) {
            String problem = problemOf(received);
            failure = byCommand ? null : problem;
            throw new AssertionError(problem);
        }
        // The one that was not asked for yet, or else the last.
        Scene scene = same.stream()
                .filter(candidate -> !candidate.isPlayed())
                .findFirst()
                .orElse(same.get(same.size() - 1));
        scene.markPlayed();
        Supplier<Scheduler> clock = timer;
        if (clock == null) {
            return scene.answer();
        }
        FakeConnection client = client();
        return scene.answerInTime(
                clock,
                at -> FakeLoop.later(() -> {
                    if (client != null) {
                        goOn(scene.late().iterator(), at, client, clock);
                    }
                }));
    }

    /** The scenes that a command may be the one of. */
    private Stream<Scene> candidates(ReceivedCommand received) {
        return byCommand
                ? scenes.stream().filter(scene -> scene.isNamedLike(received))
                : scenes.stream().filter(scene -> !scene.isPlayed()).limit(1);
    }

    private String problemOf(ReceivedCommand received) {
        String text = Scene.text(received.raw());
        return candidates(received)
                .findFirst()
                .map(scene -> recording.placeOf(scene.entry()) + ": expected " + scene + ", but received " + text
                        + scene.differences(received).stream()
                                .map(difference -> "\n  " + difference)
                                .collect(Collectors.joining()))
                .orElseGet(() -> recording.name() + " has no " + (byCommand ? "" : "further ") + text
                        + "; its commands are "
                        + scenes.stream().map(Scene::name).distinct().collect(Collectors.joining(", ")));
    }

    /** The one that is served, which is the first of those that are connected. */
    private @Nullable FakeConnection client() {
        RunningFakeQmpServer running = server;
        return running == null
                ? null
                : running.openConnections().stream().findFirst().orElse(null);
    }

    /** One after the other: timers that run out at one time do so in no order. */
    private static void goOn(Iterator<Entry> late, Duration from, FakeConnection client, Supplier<Scheduler> clock) {
        if (late.hasNext()) {
            Entry action = late.next();
            var unused = Timers.after(
                    clock,
                    action.time().minus(from),
                    () -> FakeLoop.run(() -> {
                        if (client.isOpen()) {
                            perform(action, client);
                            goOn(late, action.time(), client, clock);
                        }
                    }));
        }
    }

    private static void perform(Entry action, FakeConnection connection) {
        ObjectNode event = action.message();
        if (event != null) {
            connection.send(JsonText.write(event));
        } else if (action.isReset()) {
            connection.reset();
        } else {
            connection.close();
        }
    }
}
