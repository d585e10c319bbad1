package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.declare.Arguments;
import io.github.qmpreactive.declare.CommandFinding;
import io.github.qmpreactive.declare.Execute;
import io.github.qmpreactive.declare.QmpCommands;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Pieces that a user puts into a program of their own. */
final class DeclareSnippets {

    // snippet: declare
    interface BlockCommands {

        @Execute("query-named-block-nodes")
        Flux<BlockNode> nodes(Optional<Boolean> flat);

        @Execute("blockdev-add")
        Mono<Void> add(@Arguments NewNode node);

        @Execute(value = "blockdev-del", timeout = "PT30S")
        Mono<Void> delete(String nodeName); // sent as node-name

        default Flux<String> readOnly() {
            return nodes(Optional.of(true)).filter(BlockNode::ro).map(BlockNode::nodeName);
        }
    }

    record BlockNode(String nodeName, String drv, boolean ro, DetectZeroes detectZeroes, Optional<Boolean> active) {}

    record NewNode(String driver, String nodeName, Long size) {}

    enum DetectZeroes {
        OFF,
        ON,
        UNMAP,
        UNKNOWN // whatever a newer QEMU has
    }
    // end

    // snippet: declare-use
    Flux<String> readOnlyNodes(QmpSession session) {
        return QmpCommands.of(session, BlockCommands.class).readOnly();
    }
    // end

    // snippet: declare-check
    Mono<List<CommandFinding>> missing(QmpSession session) {
        return session.schema()
                .flatMapIterable(schema -> QmpCommands.check(schema, BlockCommands.class))
                .filter(finding -> !finding.kind().isNote()) // deprecated or unstable, and there
                .collectList();
    }
    // end

    // snippet: declare-bean
    BlockCommands blockCommands(QmpClient client) { // a bean: each call is made on the session that is open
        Mono<QmpSession> session = client.connect().cacheInvalidateIf(open -> !open.isRunning());
        return QmpCommands.of(session, BlockCommands.class);
    }
    // end
}
