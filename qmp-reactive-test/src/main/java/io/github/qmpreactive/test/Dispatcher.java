package io.github.qmpreactive.test;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.Timers;
import io.github.qmpreactive.test.internal.protocol.Negotiation;
import io.github.qmpreactive.test.internal.protocol.QmpInput;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Runs what one client sends, as QEMU's dispatcher does: in order, each when the one before it has been answered; what
 * is out of band at once, unless so many commands wait that QEMU reads no more. Lives on the connection's event loop.
 */
final class Dispatcher {

    /** What was read, or why it could not be. */
    private record Input(@Nullable JsonNode value, @Nullable String error) {}

    /** How many commands wait when QEMU stops to read. */
    private static final int READ_AHEAD = 8;

    private static final String CAPABILITIES = "qmp_capabilities";

    private final ServerOptions options;
    private final Script script;
    private final SchemaGuard guard;
    private final FakeChannel channel;
    private final AnswerWriter writer;
    private final Queue<Input> waiting = new ArrayDeque<>();
    /** What has come, and what QEMU would not have read yet. */
    private final Queue<Input> unread = new ArrayDeque<>();

    private final Disposable.Composite delays = Disposables.composite();
    private final Sinks.Empty<Void> negotiation = Sinks.empty();
    private volatile Set<String> enabled = Set.of();
    private volatile boolean negotiated;
    private boolean suspended;
    private boolean busy;
    private boolean silent;

    Dispatcher(ServerOptions options, Script script, SchemaGuard guard, FakeChannel channel, AnswerWriter writer) {
        this.options = options;
        this.script = script;
        this.guard = guard;
        this.channel = channel;
        this.writer = writer;
        if (!options.negotiates) {
            negotiate(options.capabilities);
        }
    }

    /** The client is being served, and may have been greeted. */
    void onServed() {
        if (negotiated) {
            script.begin(peer());
        }
    }

    Sinks.Empty<Void> negotiation() {
        return negotiation;
    }

    boolean isNegotiated() {
        return negotiated;
    }

    Set<String> enabled() {
        return enabled;
    }

    void dispatch(JsonNode input) {
        take(new Input(input, null));
    }

    /** Says that something could not be read, when its turn has come. */
    void dispatchError(String description) {
        take(new Input(null, description));
    }

    /** Answers nothing any more, what is being delayed included. */
    void fallSilent() {
        silent = true;
        waiting.clear();
        unread.clear();
        delays.dispose();
    }

    private boolean isSilent() {
        return silent;
    }

    private void take(Input input) {
        if (silent) {
            return;
        }
        unread.add(input);
        readOn();
        performNext();
    }

    private void readOn() {
        while (!suspended && !unread.isEmpty()) {
            Input input = unread.remove();
            if (input.value() != null && QmpInput.isOob(input.value())) {
                perform(input, () -> {});
            } else {
                waiting.add(input);
                suspended = waiting.size() >= readAhead();
            }
        }
    }

    private int readAhead() {
        return enabled.contains("oob") ? READ_AHEAD : 1;
    }

    private void performNext() {
        while (!busy) {
            Input input = waiting.poll();
            if (input == null) {
                return;
            }
            busy = true;
            boolean resumes = waiting.size() == readAhead() - 1;
            perform(input, () -> {
                busy = false;
                suspended &= !resumes;
                readOn();
            });
        }
    }

    private void perform(Input input, Runnable done) {
        JsonNode value = input.value() == null ? MissingNode.getInstance() : input.value();
        ReceivedCommand command = ReceivedCommand.of(value).orElse(null);
        String problem = input.error() == null ? QmpInput.problemOf(value, enabled.contains("oob")) : input.error();
        Answer answer = problem == null && command != null
                ? answerTo(command)
                : refused(Refusals.generic(String.valueOf(problem)));
        if (answer.delay.isZero()) {
            finish(command, value.get("id"), answer);
            done.run();
        } else {
            delay(answer, () -> {
                finish(command, value.get("id"), answer);
                done.run();
                performNext();
            });
        }
    }

    private void delay(Answer answer, Runnable task) {
        Disposable.Swap delay = Disposables.swap();
        delays.add(delay);
        Runnable inTime = () -> {
            delays.remove(delay);
            task.run();
        };
        delay.update(Timers.after(options::timer, answer.delay, () -> channel.run(inTime)));
    }

    private void finish(@Nullable ReceivedCommand command, @Nullable JsonNode id, Answer answer) {
        if (silent) {
            return;
        }
        boolean success = answer.result != null;
        boolean wasNegotiated = negotiated;
        if (success && command != null && command.name().equals(CAPABILITIES) && !negotiated) {
            // Before the reply: once the client has it, events are for it as well.
            negotiate(Negotiation.enabled(command.arguments()));
        }
        writer.write(command, id, answer);
        if (negotiated && !wasNegotiated) {
            script.begin(peer());
        }
    }

    private Answer answerTo(ReceivedCommand command) {
        boolean isNegotiation = command.name().equals(CAPABILITIES);
        if (!isNegotiation && !negotiated) {
            return refused(Refusals.notNegotiated());
        }
        ErrorResponse refusal = isNegotiation ? null : guard.refusalOf(command);
        if (refusal != null) {
            return refused(refusal);
        }
        Script.Choice choice;
        try {
            choice = script.choose(command, !isNegotiation);
        } catch (Throwable e) {
            return guard.broken(command, e);
        }
        Stub stub = choice.stub();
        if (isNegotiation) {
            return stub != null && !negotiated ? next(stub, command) : capabilities(command);
        }
        if (stub == null) {
            return script.play(command, peer()) ? Answer.silence() : guard.answerWithoutStub(command, choice.misses());
        }
        return command.isOob() && !guard.allowsOob(stub)
                ? refused(Refusals.notOob(command.name()))
                : next(stub, command);
    }

    private Answer next(Stub stub, ReceivedCommand command) {
        try {
            Answer answer = script.next(stub, command);
            return stub.computed() == null ? answer : guard.checked(command, answer);
        } catch (Throwable e) {
            return guard.broken(command, e);
        }
    }

    private Answer capabilities(ReceivedCommand command) {
        if (command.isOob()) {
            return refused(Refusals.notOob(CAPABILITIES));
        }
        Set<String> offered = negotiated ? Set.of("oob") : options.capabilities;
        String problem = Negotiation.problemOf(command.arguments(), offered);
        if (problem != null) {
            return refused(Refusals.generic(problem));
        }
        return negotiated ? refused(Refusals.negotiated()) : Answer.reply("{}");
    }

    private static Answer refused(ErrorResponse error) {
        return Answer.error(error.errorClass(), error.description());
    }

    private ScriptRun.Peer peer() {
        return new ScriptRun.Peer(writer, channel, this::isSilent);
    }

    private void negotiate(Set<String> capabilities) {
        negotiated = true;
        enabled = new LinkedHashSet<>(capabilities);
        negotiation.tryEmitEmpty();
    }
}
