package io.github.qmpreactive;

import io.github.qmpreactive.internal.commands.ResultTypes;
import io.github.qmpreactive.internal.session.Session;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.schema.QmpSchema;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Asks the server of a session for its schema, and keeps the answer. */
final class SchemaQuestion {

    private static final QmpCommand QUERY = QmpCommand.of("query-qmp-schema");

    private SchemaQuestion() {}

    /** Those who subscribe before the answer share one command; it is cancelled when the last of them cancels. */
    static Mono<QmpSchema> of(Session session) {
        return session.execute(QUERY).map(reply -> read(session, reply)).cacheInvalidateIf(schema -> false);
    }

    private static QmpSchema read(Session session, JsonNode reply) {
        try {
            return QmpSchema.of(reply);
        } catch (IllegalArgumentException e) {
            throw ResultTypes.error(session.name(), QUERY, "a schema", reply, String.valueOf(e.getMessage()), e);
        }
    }
}
