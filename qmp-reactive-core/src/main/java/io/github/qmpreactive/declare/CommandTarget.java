package io.github.qmpreactive.declare;

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
}
