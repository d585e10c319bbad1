package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.ReceivedCommand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through what was recorded of a connection from the beginning to the end: what QEMU sent is sent, what the client
 * sent is waited for.
 */
final class InOrder implements Player {

    private final Recording recording;
    private final List<Entry> entries;
    private final Replayed server;
    private final Pace pace;
    private final Consumer<String> problems;
    private final Queue<ReceivedCommand> received = new ArrayDeque<>();
    private int next;
    private boolean waiting;
    private @Nullable String problem;

    InOrder(Recording recording, List<Entry> entries, Replayed server, Pace pace, Consumer<String> problems) {
        this.recording = recording;
        this.entries = entries;
        this.server = server;
        this.pace = pace;
        this.problems = problems;
    }

    @Override
    public void begin() {
        goOn();
    }

    @Override
    public void onCommand(ReceivedCommand command) {
        received.add(command);
        goOn();
    }

    /** How many entries are behind it. */
    int passed() {
        return next;
    }

    private void goOn() {
        while (!waiting && problem == null && next < entries.size()) {
            Entry entry = entries.get(next);
            boolean done = entry.mark().direction() == Direction.SERVER ? play(entry) : await(entry);
            if (!done) {
                return;
            }
            next++;
        }
        while (!waiting && !received.isEmpty()) {
            refuse(received.remove());
        }
    }

    private boolean play(Entry entry) {
        Duration before =
                next == 0 ? Duration.ZERO : entries.get(next - 1).mark().time();
        if (!pace.waits(before, entry.mark().time())) {
            server.play(entry);
            return true;
        }
        waiting = true;
        pace.wait(before, entry.mark().time(), () -> {
            waiting = false;
            server.play(entry);
            next++;
            goOn();
        });
        return false;
    }

    private boolean await(Entry entry) {
        if (!(entry instanceof Entry.Message message)) {
            // The client closed the connection; this one may, too, or not.
            return true;
        }
        ReceivedCommand command = received.poll();
        if (command == null) {
            return false;
        }
        RecordedCommand expected = new RecordedCommand(message);
        List<String> differences = expected.differences(command);
        if (differences.isEmpty()) {
            server.answers(message.json(), command);
            return true;
        }
        StringBuilder text = new StringBuilder(recording.placeOf(entry)).append(": expected ");
        text.append(expected.text()).append(", but received ").append(RecordedCommand.text(command.raw()));
        differences.forEach(difference -> text.append("\n  ").append(difference));
        fail(command, text.toString());
        return false;
    }

    private void refuse(ReceivedCommand command) {
        if (problem != null) {
            server.refuse(command, "The replay has failed before: " + problem);
        } else {
            fail(command, recording.name() + " ends here, but received " + RecordedCommand.text(command.raw()));
        }
    }

    private void fail(ReceivedCommand command, String what) {
        problem = what;
        problems.accept(what);
        server.refuse(command, what);
    }
}
