package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.protocol.Negotiation;
import io.github.qmpreactive.test.internal.protocol.QmpInput;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Runs what one client sends, as QEMU's dispatcher does: in order, each when the one before it has been answered; what
 * is out of band at once. Lives on the connection's event loop.
 */
final class Dispatcher {

    /** What was read, or why it could not be. */
    private record Input(@Nullable JsonNode value, @Nullable String error) {}

    private static final String CAPABILITIES = "qmp_capabilities";
    private static final String GENERIC = "GenericError";
    private static final String NOT_FOUND = "CommandNotFound";

    private final ServerOptions options;
    private final Script script;
    private final FakeChannel channel;
    private final AnswerWriter writer;
    private final Queue<Input> waiting = new ArrayDeque<>();
    private final Sinks.Empty<Void> negotiation = Sinks.empty();
    private volatile Set<String> enabled = Set.of();
    private volatile boolean negotiated;
    private boolean busy;

    Dispatcher(ServerOptions options, Script script, FakeChannel channel, AnswerWriter writer) {
        this.options = options;
        this.script = script;
        this.channel = channel;
        this.writer = writer;
        if (!options.negotiates) {
            negotiate(options.capabilities);
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
        if (QmpInput.isOob(input)) {
            perform(new Input(input, null), () -> {});
        } else {
            waiting.add(new Input(input, null));
            performNext();
        }
    }

    /** Says that something could not be read, when its turn has come. */
    void dispatchError(String description) {
        waiting.add(new Input(null, description));
        performNext();
    }

    private void performNext() {
        while (!busy) {
            Input input = waiting.poll();
            if (input == null) {
                return;
            }
            busy = true;
            perform(input, () -> busy = false);
        }
    }

    private void perform(Input input, Runnable done) {
        JsonNode value = input.value() == null ? MissingNode.getInstance() : input.value();
        ReceivedCommand command = ReceivedCommand.of(value).orElse(null);
        String problem = input.error() == null ? QmpInput.problemOf(value, enabled.contains("oob")) : input.error();
        Answer answer =
                problem == null && command != null ? answerTo(command) : Answer.error(GENERIC, String.valueOf(problem));
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
        var unused = options.timer().schedule(() -> channel.run(task), answer.delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void finish(@Nullable ReceivedCommand command, @Nullable JsonNode id, Answer answer) {
        boolean success = answer.result != null;
        if (success && command != null && command.name().equals(CAPABILITIES) && !negotiated) {
            // Before the reply: once the client has it, events are for it as well.
            negotiate(Negotiation.enabled(command.arguments()));
        }
        writer.write(command, id, answer);
    }

    private Answer answerTo(ReceivedCommand command) {
        String name = command.name();
        Optional<Stub> stub;
        try {
            stub = script.stubFor(command, !name.equals(CAPABILITIES));
        } catch (RuntimeException e) {
            return AnswerWriter.broken(command, e);
        }
        if (name.equals(CAPABILITIES)) {
            return stub.isPresent() && !negotiated ? script.next(stub.get()) : capabilities(command);
        }
        if (!negotiated) {
            return Answer.error(NOT_FOUND, "Expecting capabilities negotiation with 'qmp_capabilities'");
        }
        if (stub.isEmpty()) {
            return Answer.error(NOT_FOUND, "The command " + name + " has not been found");
        }
        if (command.isOob() && !stub.get().allowsOob()) {
            return Answer.error(GENERIC, "The command " + name + " does not support OOB");
        }
        return script.next(stub.get());
    }

    private Answer capabilities(ReceivedCommand command) {
        if (command.isOob()) {
            return Answer.error(GENERIC, "The command qmp_capabilities does not support OOB");
        }
        Set<String> offered = negotiated ? Set.of("oob") : options.capabilities;
        String problem = Negotiation.problemOf(command.arguments(), offered);
        if (problem != null) {
            return Answer.error(GENERIC, problem);
        }
        return negotiated
                ? Answer.error(NOT_FOUND, "Capabilities negotiation is already complete, command ignored")
                : Answer.reply("{}");
    }

    private void negotiate(Set<String> capabilities) {
        negotiated = true;
        enabled = new LinkedHashSet<>(capabilities);
        negotiation.tryEmitEmpty();
    }
}
