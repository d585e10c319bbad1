package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.message.FdSetInfo;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.AddFdOptions;
import io.github.qmpreactive.option.FdSource;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The commands that bring a descriptor, each with its descriptor and its reply as one unit. */
public final class DescriptorCommands {

    private final SessionLog log;
    private final CommandExecutor executor;
    private final ReplyReader replies;

    DescriptorCommands(SessionLog log, CommandExecutor executor, ReplyReader replies) {
        this.log = log;
        this.executor = executor;
        this.replies = replies;
    }

    /**
     * Passes a descriptor that QEMU is to know by a name.
     *
     * @param name the name
     * @param fd which descriptor
     * @return completes when QEMU has it
     */
    public Mono<Void> getFd(String name, FdSource fd) {
        Request request = Request.of(QmpCommand.of("getfd").arguments(Map.of("fdname", name)));
        return call(request, new PassedFd(fd, false), reply -> replies.result(request, reply))
                .then();
    }

    /**
     * Passes a descriptor into an fd set.
     *
     * @param fd which descriptor
     * @param options which set, and what QEMU remembers
     * @return where it is
     */
    public Mono<FdSetInfo> addFd(FdSource fd, AddFdOptions options) {
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        options.fdset().ifPresent(id -> arguments.put("fdset-id", id));
        options.opaque().ifPresent(text -> arguments.put("opaque", text));
        Request request = Request.of(QmpCommand.of("add-fd").arguments(arguments));
        return call(request, new PassedFd(fd, false), reply -> info(request, reply));
    }

    /**
     * Passes a descriptor, and nothing else.
     *
     * @param fd which descriptor
     * @return completes when it was sent
     */
    public Mono<Void> sendFd(FdSource fd) {
        Request request = new Request("sendFd", JsonNodeFactory.instance.objectNode(), false, true, null, null);
        return call(request, new PassedFd(fd, true), nothing -> nothing).then();
    }

    private <T> Mono<T> call(Request request, PassedFd fd, Function<ObjectNode, T> reader) {
        return new CommandMono<>(executor, request, fd, reader, () -> {});
    }

    private FdSetInfo info(Request request, ObjectNode reply) {
        JsonNode result = replies.result(request, reply);
        JsonNode set = result.path("fdset-id");
        JsonNode fd = result.path("fd");
        if (!set.isIntegralNumber() || !fd.isIntegralNumber()) {
            throw new BadReplyError(
                    log.prefix() + "The reply to add-fd cannot be understood: fdset-id and fd are not integers",
                    Secrets.withoutSecrets(request.message()),
                    reply,
                    null);
        }
        return new FdSetInfo(set.longValue(), fd.longValue());
    }
}
