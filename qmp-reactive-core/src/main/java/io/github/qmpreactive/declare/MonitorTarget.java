package io.github.qmpreactive.declare;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A monitor. */
record MonitorTarget(QmpSession session) implements CommandTarget {

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
        throw new UnsupportedOperationException("QEMU replies to every command");
    }

    @Override
    public Mono<Void> getFd(String name, FdSource fd) {
        return session.getFd(name, fd);
    }

    /** Why it cannot execute a command; empty if it can. */
    static String problemOf(DeclaredCommand command) {
        return command.withoutReply() ? "it is withoutReply, and a monitor replies to every command" : "";
    }
}
