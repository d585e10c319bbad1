package io.github.qmpreactive.declare;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What executes the commands of a declared interface. */
interface CommandTarget {

    /** The name of the session, for errors. */
    String name();

    /** Executes a command. */
    Mono<JsonNode> execute(QmpCommand command);

    /** Executes a command that is not answered when it succeeds. */
    Mono<Void> executeWithoutReply(QmpCommand command);

    /** Passes a descriptor under a name. */
    Mono<Void> getFd(String name, FdSource fd);

    /** Why it cannot execute a command; empty if it can. */
    String problemOf(DeclaredCommand command);

    /** A monitor. */
    record Monitor(QmpSession session) implements CommandTarget {

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

        @Override
        public String problemOf(DeclaredCommand command) {
            return command.withoutReply() ? "it is withoutReply, and a monitor replies to every command" : "";
        }
    }

    /** A guest agent. */
    record Agent(QgaSession session) implements CommandTarget {

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

        @Override
        public String problemOf(DeclaredCommand command) {
            if (command.command().isOob()) {
                return "it is oob, and a guest agent executes one command at a time";
            }
            return command.passesDescriptors() ? "it passes a descriptor, and a guest agent takes none" : "";
        }
    }
}
