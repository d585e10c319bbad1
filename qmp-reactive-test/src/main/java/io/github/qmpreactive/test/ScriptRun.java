package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** How far a running server is with its script. Goes on on the event loop of the fakes, is asked from anywhere. */
final class ScriptRun {

    /** The connection of a command. */
    record Peer(AnswerWriter writer, FakeChannel channel, BooleanSupplier isSilent) {}

    private record Arrival(ReceivedCommand command, Peer peer) {
        void answer(Answer answer) {
            peer.channel.burst(() -> {
                if (!peer.isSilent.getAsBoolean()) {
                    peer.writer.write(command, command.id().orElse(null), answer);
                }
            });
        }
    }

    private final List<ScriptStep> steps;
    private final Supplier<Scheduler> timer;
    private final Queue<Arrival> waiting = new ArrayDeque<>();
    private final List<Arrival> unanswered = new ArrayList<>();
    private final Sinks.Empty<Void> end = Sinks.empty();
    private int position;
    private boolean pausing;
    private boolean reported;
    private Sinks.Empty<Void> pauseEnd = Sinks.empty();
    private @Nullable Peer current;
    private @Nullable String problem;

    ScriptRun(QmpScript script, Supplier<Scheduler> timer) {
        this.steps = script.steps();
        this.timer = timer;
    }

    /** A client is ready for commands: with the first of them the script begins. */
    synchronized void begin(Peer peer) {
        if (current == null) {
            current = peer;
            goOn();
        }
    }

    synchronized void receive(ReceivedCommand command, Peer peer) {
        waiting.add(new Arrival(command, peer));
        goOn();
    }

    Mono<Void> end() {
        return end.asMono();
    }

    void verify(Duration patience) {
        await(end.asMono(), patience);
        AssertionError error = lastWord();
        if (error != null) {
            throw error;
        }
    }

    /** Waits until nothing but a command can carry it on: for pauses, delayed answers, and what is sent after them. */
    void awaitOwnSteps(Duration patience) {
        await(ownSteps(), patience);
    }

    synchronized Mono<Void> ownSteps() {
        return pausing ? pauseEnd.asMono() : Mono.empty();
    }

    private static void await(Mono<Void> mono, Duration patience) {
        try {
            mono.onErrorComplete(AssertionError.class).block(patience);
        } catch (IllegalStateException e) {
            if (!Checks.isTimeout(e)) {
                throw e;
            }
            // Not in time: the last word says so.
        }
    }

    /** What is wrong if nothing more comes; null if all is well, or if this was told before. */
    synchronized @Nullable AssertionError lastWord() {
        if (reported || (isOver() && problem == null)) {
            return null;
        }
        reported = true;
        return new AssertionError(problem == null ? ScriptReport.unfinished(steps, position) : problem);
    }

    private boolean isOver() {
        return position == steps.size() && waiting.isEmpty() && !pausing;
    }

    private void goOn() {
        while (!pausing) {
            if (problem != null) {
                refuse();
                return;
            }
            if (position == steps.size()) {
                if (waiting.isEmpty()) {
                    // The second time, if ever, it has been told before.
                    end.tryEmitEmpty();
                    return;
                }
                fail(ScriptReport.tooMuch(steps, waiting.element().command));
            } else if (steps.get(position) instanceof ScriptStep.Expect expect) {
                Arrival arrival = waiting.peek();
                if (arrival == null) {
                    return;
                }
                if (expect.differences(arrival.command).isEmpty()) {
                    unanswered.add(waiting.remove());
                    current = arrival.peer;
                    position++;
                } else {
                    fail(ScriptReport.departure(steps, position, arrival.command));
                }
            } else {
                send(steps.get(position));
            }
        }
    }

    private void send(ScriptStep step) {
        if (step instanceof ScriptStep.Reply reply) {
            Arrival arrival = take(reply);
            after(reply.answer().delay, () -> arrival.answer(reply.answer()));
        } else if (step instanceof ScriptStep.Send send && current != null) {
            Peer peer = current;
            peer.channel.burst(() -> peer.writer.write(null, null, send.answer()));
            position++;
        } else if (step instanceof ScriptStep.Wait wait) {
            after(wait.time(), () -> {});
        }
    }

    private Arrival take(ScriptStep.Reply reply) {
        Arrival found = null;
        for (Arrival arrival : unanswered) {
            if (arrival.command.name().equals(reply.command()) && (found == null || reply.last())) {
                found = arrival;
            }
        }
        if (found == null) {
            throw new IllegalStateException("No " + reply.command() + " is unanswered");
        }
        unanswered.remove(found);
        return found;
    }

    private void after(Duration delay, Runnable task) {
        Peer peer = current;
        if (delay.isZero() || peer == null) {
            task.run();
            position++;
            return;
        }
        pausing = true;
        var unused = Timers.after(timer, delay, () -> peer.channel.run(() -> resume(task)));
    }

    private synchronized void resume(Runnable task) {
        pausing = false;
        try {
            task.run();
            position++;
            goOn();
        } finally {
            if (!pausing) {
                pauseEnd.tryEmitEmpty();
                pauseEnd = Sinks.empty();
            }
        }
    }

    private void fail(String message) {
        problem = message;
        end.tryEmitError(new AssertionError(message));
    }

    private void refuse() {
        String why = position == steps.size()
                ? " came when the test's script was over"
                : " is not what the test's script expects at step " + (position + 1) + " of " + steps.size();
        while (!waiting.isEmpty()) {
            Arrival arrival = waiting.remove();
            arrival.answer(Answer.error("GenericError", "The command " + arrival.command.name() + why));
        }
    }
}
