package io.github.qmpreactive.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.Patience;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * When the block node of a disk is free: with the event of the disk, which may come before the next command is read or long
 * behind it.
 */
final class FreedNode {

    private FreedNode() {}

    /** Removes the disk and, with a command that is sent together with that, its node {@code n}. */
    static void verify(QmpSession session, String disk) {
        List<String> heard = new CopyOnWriteArrayList<>();
        var gone = session.events("DEVICE_DELETED")
                .filter(event -> event.data().has("device"))
                .next()
                .doOnNext(event -> heard.add("gone"))
                .toFuture();
        Mono<JsonNode> delete = session.execute("blockdev-del", Map.of("node-name", "n"))
                .doOnNext(reply -> heard.add("deleted"))
                .onErrorResume(ExecuteError.class, e -> {
                    heard.add(e.description());
                    return Mono.empty();
                });
        session.execute("query-status")
                .flatMap(status ->
                        session.execute("device_del", Map.of("id", disk)).and(delete))
                .block(Patience.PATIENCE);
        gone.join();
        if (!heard.contains("deleted")) {
            assertEquals(List.of("Node n is in use", "gone"), heard);
            delete.block(Patience.PATIENCE);
        }
        assertEquals(List.of("gone", "deleted"), heard.subList(heard.size() - 2, heard.size()));
    }
}
