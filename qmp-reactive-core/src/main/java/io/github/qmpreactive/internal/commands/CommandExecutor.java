package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.internal.codec.MessageText;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.IdPolicy;
import java.util.function.Consumer;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs the commands of one session. All are cold; they may be subscribed to on any thread. */
public final class CommandExecutor {

    private final SessionLog log;
    private final CommandAdmission admission;
    private final ReplyReader replies;
    private final ShutdownWatch shutdown;
    private final Consumer<VirtualMachineError> onFatal;

    /**
     * Creates the executor of one session.
     *
     * @param log of the session
     * @param admission what a command has to pass
     * @param replies reads what comes back
     * @param shutdown records that a command which ends the server was written
     * @param onFatal takes what is wrong with the JVM, a stack that overflowed excepted
     */
    public CommandExecutor(
            SessionLog log,
            CommandAdmission admission,
            ReplyReader replies,
            ShutdownWatch shutdown,
            Consumer<VirtualMachineError> onFatal) {
        this.log = log;
        this.admission = admission;
        this.replies = replies;
        this.shutdown = shutdown;
        this.onFatal = onFatal;
    }

    /**
     * Runs a command.
     *
     * @param request the command
     * @param onWritten is called when it is written, at most once
     * @return its {@code return} member
     */
    public Mono<JsonNode> execute(Request request, Runnable onWritten) {
        return new CommandMono<>(this, request, null, reply -> replies.result(request, watched(request, reply)), () -> {
            written(request);
            onWritten.run();
        });
    }

    /**
     * Runs a command.
     *
     * @param command the command
     * @return its {@code return} member
     */
    public Mono<JsonNode> execute(QmpCommand command) {
        return execute(Request.of(command), () -> {});
    }

    /**
     * Sends a message as it is.
     *
     * @param message the message
     * @param policy what happens to its id
     * @return the whole reply
     */
    public Mono<ObjectNode> raw(ObjectNode message, IdPolicy policy) {
        return Mono.defer(() -> {
            Request request = Request.raw(log.prefix(), message, policy);
            return new CommandMono<>(this, request, null, reply -> watched(request, reply), () -> written(request));
        });
    }

    /**
     * Sends a message that is given as text.
     *
     * @param json the message
     * @param policy what happens to its id
     * @return the whole reply
     */
    public Mono<ObjectNode> raw(String json, IdPolicy policy) {
        return Mono.defer(() -> raw(MessageText.read(log.prefix(), json), policy));
    }

    /**
     * The commands that bring a descriptor.
     *
     * @return what they can be called on
     */
    public DescriptorCommands descriptors() {
        return new DescriptorCommands(log, this, replies);
    }

    CommandAdmission admission() {
        return admission;
    }

    /** Keeps what a subscriber throws from the session. */
    <T> CoreSubscriber<T> guard(CoreSubscriber<? super T> actual) {
        return new GuardedSubscriber<>(log, "a command", actual, onFatal);
    }

    private void written(Request request) {
        if (request.endsServer()) {
            shutdown.quitWritten();
        }
    }

    private ObjectNode watched(Request request, ObjectNode reply) {
        if (request.endsServer() && reply.has("error")) {
            shutdown.quitRefused();
        }
        return reply;
    }
}
