package io.github.qmpreactive.declare;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A guest agent. */
record AgentTarget(QgaSession session) implements CommandTarget {

    @Override
    public String name() {
        return session.name();
    }

    @Override
    public Mono<JsonNode> execute(QmpCommand command) {
        return session.execute(command);
    }

    @Override
    public Mono<Void> executeWithoutReply(QmpCommand command) {
        return session.executeWithoutReply(command);
    }

    @Override
    public Mono<Void> getFd(String name, FdSource fd) {
        throw new UnsupportedOperationException("A guest agent takes no descriptors");
    }

    /** Why it cannot execute a command; empty if it can. */
    static String problemOf(DeclaredCommand command) {
        if (command.command().isOob()) {
            return "it is oob, and a guest agent executes one command at a time";
        }
        return command.passesDescriptors() ? "it passes a descriptor, and a guest agent takes none" : "";
    }
}
