package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpSession;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Pieces that a user puts into a program of their own. */
final class SchemaSnippets {

    // snippet: schema-question
    Mono<Map<String, Object>> dialsAgain(QmpSession session) {
        return session.schema()
                .map(schema -> schema.supports("chardev-add/arg-type/backend/+socket/data/reconnect-ms")
                        ? Map.of("reconnect-ms", 500)
                        : Map.of("reconnect", 1));
    }
    // end

    // snippet: schema-check
    Mono<List<String>> missing(QmpSession session, List<String> needed) {
        return session.schema()
                .map(schema ->
                        needed.stream().filter(path -> !schema.supports(path)).toList());
    }
    // end
}
