package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Goes through what was recorded of a connection from the beginning to the end: what QEMU sent is sent, what the client
 * sent is waited for.
 */
final class InOrder extends Player {

    private final Recording recording;
    private final List<Entry> entries;
    private final Queue<ReceivedCommand> received = new ArrayDeque<>();
    private int next;
    private boolean waiting;
    private @Nullable String problem;

    InOrder(
            Recording recording,
            List<Entry> entries,
            FakeConnection connection,
            @Nullable Supplier<Scheduler> timer,
            Consumer<String> problems) {
        super(connection, timer, problems);
        this.recording = recording;
        this.entries = entries;
    }

    @Override
    void begin() {
        goOn();
    }

    @Override
    void onCommand(ReceivedCommand command) {
        received.add(command);
        goOn();
    }

    /** The first command that has not come. */
    static Optional<String> missing(Recording recording, List<Entry> entries, @Nullable InOrder player) {
        return entries.stream()
                .skip(player == null ? 0 : player.next)
                .filter(entry -> entry.mark().direction() == Direction.CLIENT && entry instanceof Entry.Message)
                .map(entry -> recording.missing(new RecordedCommand((Entry.Message) entry)))
                .findFirst();
    }

    private void goOn() {
        while (!waiting && problem == null && next < entries.size()) {
            Entry entry = entries.get(next);
            if (entry.mark().direction() == Direction.SERVER) {
                Duration before =
                        next == 0 ? Duration.ZERO : entries.get(next - 1).mark().time();
                if (waits(before, entry.mark().time())) {
                    waiting = true;
                    after(before, entry.mark().time(), () -> {
                        waiting = false;
                        play(entry);
                        next++;
                        goOn();
                    });
                    return;
                }
                play(entry);
            } else if (entry instanceof Entry.Message message) {
                // What is no message is the client's end: this one may close the connection, too, or not.
                if (received.isEmpty()) {
                    return;
                }
                if (!isExpected(message, received.remove())) {
                    break;
                }
            }
            next++;
        }
        while (!waiting && !received.isEmpty()) {
            refuse(received.remove());
        }
    }

    private boolean isExpected(Entry.Message message, ReceivedCommand command) {
        RecordedCommand expected = new RecordedCommand(message);
        List<String> differences = expected.differences(command);
        if (differences.isEmpty()) {
            answers(message, command);
            return true;
        }
        StringBuilder text = new StringBuilder(recording.placeOf(message)).append(": expected ");
        text.append(expected.text()).append(", but received ").append(RecordedCommand.text(command.raw()));
        differences.forEach(difference -> text.append("\n  ").append(difference));
        problem = text.toString();
        fail(command, problem);
        return false;
    }

    private void refuse(ReceivedCommand command) {
        if (problem == null) {
            problem = recording.name() + " ends here, but received " + RecordedCommand.text(command.raw());
            fail(command, problem);
        } else {
            refuse(command, "The replay has failed before: " + problem);
        }
    }
}
