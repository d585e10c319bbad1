package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.json.QemuJsonReader;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.protocol.Negotiation;
import io.github.qmpreactive.test.internal.protocol.QmpInput;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import io.github.qmpreactive.test.internal.script.ScriptRun;
import io.github.qmpreactive.test.internal.stub.Response;
import io.github.qmpreactive.test.internal.stub.SchemaGuard;
import io.github.qmpreactive.test.internal.stub.Stub;
import io.github.qmpreactive.test.internal.stub.Stubs;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/**
 * Runs what one client sends, as QEMU's dispatcher does: in order, each when the one before it has been answered; what
 * is out of band at once, unless so many commands wait that QEMU reads no more. Lives on the connection's event loop.
 */
final class Dispatcher implements QemuJsonReader.Sink, ScriptRun.Peer {

    /** What was read, or why it could not be. */
    private record Input(
            JsonNode value,
            @Nullable Command command,
            @Nullable String error) {}

    /** How many commands wait when QEMU stops to read. */
    private static final int READ_AHEAD = 8;

    private static final String CAPABILITIES = "qmp_capabilities";

    private final Behaviour behaviour;
    private final SchemaGuard guard;
    private final Conversation conversation;
    private final Queue<Input> waiting = new ArrayDeque<>();
    /** What has come, and what QEMU would not have read yet. */
    private final Queue<Input> unread = new ArrayDeque<>();

    private final Sinks.Empty<Void> negotiation = Sinks.empty();
    /** Null before the negotiation. */
    private volatile @Nullable Set<String> enabled;

    private boolean suspended;
    private boolean busy;
    /** What waits for its time. */
    private final Disposable.Composite delays = Disposables.composite();

    private boolean silent;

    Dispatcher(Behaviour behaviour, Conversation conversation) {
        this.behaviour = behaviour;
        this.guard = behaviour.guard();
        this.conversation = conversation;
        if (!behaviour.options().negotiates) {
            negotiate(behaviour.options().capabilities);
        }
    }

    /** Begins the script, if the client is ready for commands. */
    void beginScript() {
        if (behaviour.script() != null && isNegotiated()) {
            behaviour.script().begin(this);
        }
    }

    Mono<Void> negotiation() {
        return negotiation.asMono();
    }

    boolean isNegotiated() {
        return enabled != null;
    }

    Set<String> enabled() {
        Set<String> names = enabled;
        return names == null ? Set.of() : names;
    }

    @Override
    public void onValue(JsonNode value) {
        Command command = Command.of(value).orElse(null);
        if (command != null) {
            conversation.inbox().add(command);
        }
        take(new Input(value, command, null));
    }

    /** Says that something could not be read, when its turn has come. */
    @Override
    public void onError(String description) {
        take(new Input(MissingNode.getInstance(), null, description));
    }

    /** Answers nothing any more, what is being delayed included. */
    void fallSilent() {
        silent = true;
        delays.dispose();
        waiting.clear();
        unread.clear();
    }

    @Override
    public void send(@Nullable Command command, Response response) {
        conversation.channel().burst(() -> {
            if (command == null || !silent) {
                conversation.write(command, response);
            }
        });
    }

    private void take(Input input) {
        if (!silent) {
            unread.add(input);
            readOn();
            performNext();
        }
    }

    private void readOn() {
        while (!suspended && !unread.isEmpty()) {
            Input input = unread.remove();
            if (input.command != null && input.command.isOob()) {
                perform(input, () -> {});
            } else {
                waiting.add(input);
                suspended = waiting.size() >= readAhead();
            }
        }
    }

    private int readAhead() {
        return enabled().contains("oob") ? READ_AHEAD : 1;
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
        JsonNode id = input.value.get("id");
        Command command = input.command;
        String problem =
                input.error == null ? QmpInput.problemOf(input.value, enabled().contains("oob")) : input.error;
        Response response = problem == null && command != null
                ? responseTo(command)
                : Response.error(Refusals.generic(String.valueOf(problem)));
        if (response.delay.isZero() && response.later == null) {
            finish(command, id, response);
            done.run();
            return;
        }
        Disposable.Swap delay = Disposables.swap();
        boolean[] atOnce = {true};
        Consumer<Response> inTime = answer -> FakeLoop.run(() -> {
            delays.remove(delay);
            finish(command, id, answer);
            done.run();
            if (!atOnce[0]) {
                performNext();
            }
        });
        delays.add(delay);
        delay.update(
                response.later == null
                        ? Timers.after(behaviour.options()::timer, response.delay, () -> inTime.accept(response))
                        : response.later.subscribe(inTime));
        atOnce[0] = false;
    }

    private void finish(@Nullable Command command, @Nullable JsonNode id, Response response) {
        if (silent) {
            return;
        }
        boolean wasNegotiated = isNegotiated();
        if (!wasNegotiated
                && response.result != null
                && command != null
                && command.name().equals(CAPABILITIES)) {
            // Before the reply: once the client has it, events are for it as well.
            negotiate(Negotiation.enabled(command.arguments()));
        }
        conversation.write(command, id, response);
        if (!wasNegotiated) {
            beginScript();
        }
    }

    private Response responseTo(Command command) {
        boolean isNegotiation = command.name().equals(CAPABILITIES);
        if (!isNegotiation && !isNegotiated()) {
            return Response.error(Refusals.notNegotiated());
        }
        ErrorResponse refusal = guard.refusalOf(command);
        if (refusal != null) {
            return Response.error(refusal);
        }
        try {
            Stubs.Choice choice = behaviour.stubs().choose(command, !isNegotiation);
            Stub stub = choice.stub();
            if (isNegotiation && (stub == null || isNegotiated())) {
                return capabilities(command);
            }
            if (stub == null) {
                return byScript(command) ? Response.SILENCE : guard.withoutStub(command, choice.misses());
            }
            return command.isOob() && !isNegotiation && !guard.allowsOob(stub)
                    ? Response.error(Refusals.notOob(command.name()))
                    : next(stub, command);
        } catch (Throwable e) {
            return guard.broken(command, e);
        }
    }

    private boolean byScript(Command command) {
        if (behaviour.script() == null) {
            return false;
        }
        behaviour.script().receive(command, this);
        return true;
    }

    private Response next(Stub stub, Command command) {
        Response response = behaviour.stubs().next(stub, command);
        Mono<Response> later = response.later;
        if (later != null) {
            Mono<Response> checked = later.map(answer -> guard.checked(command, answer));
            return response.changed(r -> r.later = checked.onErrorResume(e -> Mono.just(guard.broken(command, e))));
        }
        return stub.computed() == null ? response : guard.checked(command, response);
    }

    private Response capabilities(Command command) {
        if (command.isOob()) {
            return Response.error(Refusals.notOob(CAPABILITIES));
        }
        ErrorResponse refusal = behaviour.options().refusalOfCapabilities(command);
        if (refusal != null) {
            return Response.error(refusal);
        }
        if (isNegotiated()) {
            return Response.error(Refusals.negotiated());
        }
        String problem = Negotiation.problemOf(command.arguments(), behaviour.options().capabilities);
        return problem == null
                ? Response.success(JsonNodeFactory.instance.objectNode())
                : Response.error(Refusals.generic(problem));
    }

    private void negotiate(Set<String> capabilities) {
        enabled = Set.copyOf(capabilities);
        negotiation.tryEmitEmpty();
    }
}
