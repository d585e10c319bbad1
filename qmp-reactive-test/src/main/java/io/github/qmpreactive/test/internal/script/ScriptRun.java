package io.github.qmpreactive.test.internal.script;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.stub.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** How far a running server is with its script. Goes on on the event loop of the fakes, is asked from anywhere. */
public final class ScriptRun {

    /** The connection of a command. */
    public interface Peer {
        /** Sends something: the answer to a command, or what answers none. */
        void send(@Nullable Command command, Response response);
    }

    private record Arrival(Command command, Peer peer) {}

    private final List<ScriptStep> steps;
    private final Supplier<Scheduler> timer;
    private final Queue<Arrival> waiting = new ArrayDeque<>();
    /** By the step at which they were expected. */
    private final Map<Integer, Arrival> unanswered = new HashMap<>();

    private final Sinks.Empty<Void> end = Sinks.empty();
    private int position;
    private boolean pausing;
    private boolean reported;
    private Sinks.Empty<Void> pauseEnd = Sinks.empty();
    private @Nullable Peer current;
    private @Nullable String problem;

    /** A run that has not begun; the timer is looked up at each delay. */
    public ScriptRun(List<ScriptStep> steps, Supplier<Scheduler> timer) {
        this.steps = steps;
        this.timer = timer;
    }

    /** A client is ready for commands: with the first of them the script begins. */
    public synchronized void begin(Peer peer) {
        if (current == null) {
            current = peer;
            goOn();
        }
    }

    public synchronized void receive(Command command, Peer peer) {
        waiting.add(new Arrival(command, peer));
        goOn();
    }

    /** Waits for the end of the script, and throws if it is not the one that was written. */
    public void verify() {
        await(end.asMono());
        Checks.throwFirst(lastWord());
    }

    /** Waits until nothing but a command can carry it on: for pauses, delayed answers, and what is sent after them. */
    public void awaitOwnSteps() {
        await(ownSteps());
    }

    synchronized Mono<Void> ownSteps() {
        return pausing ? pauseEnd.asMono() : Mono.empty();
    }

    private static void await(Mono<Void> mono) {
        try {
            mono.onErrorComplete(AssertionError.class).block(Checks.PATIENCE);
        } catch (IllegalStateException e) {
            if (!Checks.isTimeout(e)) {
                throw e;
            }
            // Not in time: the last word says so.
        }
    }

    /** What is wrong if nothing more comes; null if all is well, or if this was told before. */
    public synchronized @Nullable AssertionError lastWord() {
        boolean isOver = position == steps.size() && waiting.isEmpty() && !pausing;
        if (reported || (isOver && problem == null)) {
            return null;
        }
        reported = true;
        return new AssertionError(problem == null ? ScriptReport.unfinished(steps, position) : problem);
    }

    private void goOn() {
        while (!pausing) {
            Arrival arrival = waiting.peek();
            if (problem != null) {
                refuse();
                return;
            }
            if (position == steps.size()) {
                if (arrival == null) {
                    // The second time, if ever, it has been told before.
                    end.tryEmitEmpty();
                    return;
                }
                fail(ScriptReport.tooMuch(steps, arrival.command));
            } else if (steps.get(position) instanceof ScriptStep.Expect expect) {
                if (arrival == null) {
                    return;
                }
                if (expect.differences(arrival.command).isEmpty()) {
                    unanswered.put(position, waiting.remove());
                    current = arrival.peer;
                    position++;
                } else {
                    fail(ScriptReport.departure(steps, position, arrival.command));
                }
            } else {
                act((ScriptStep.Act) steps.get(position));
            }
        }
    }

    private void act(ScriptStep.Act act) {
        Arrival arrival = unanswered.remove(act.expected());
        Command command = arrival == null ? null : arrival.command;
        Peer peer = arrival == null ? current : arrival.peer;
        Duration delay = act.response().delay;
        Runnable send = () -> {
            if (peer != null) {
                peer.send(command, act.response());
            }
            position++;
        };
        if (delay.isZero()) {
            send.run();
        } else {
            pausing = true;
            var unused = Timers.after(timer, delay, () -> FakeLoop.run(() -> resume(send)));
        }
    }

    private synchronized void resume(Runnable send) {
        pausing = false;
        try {
            send.run();
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
            arrival.peer.send(
                    arrival.command, Response.error("GenericError", "The command " + arrival.command.name() + why));
        }
    }
}
