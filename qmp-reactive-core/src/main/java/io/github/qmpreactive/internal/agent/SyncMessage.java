package io.github.qmpreactive.internal.agent;

import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One {@code guest-sync-delimited} and the reply to it, which is known by the number that was sent. It has no id of the
 * protocol's, so that it is understood whichever client has used the connection before.
 *
 * @param number what the agent is to hand back
 */
record SyncMessage(long number) {

    static final String COMMAND = "guest-sync-delimited";

    private static final long MAX = 1L << 53;

    static SyncMessage next() {
        return new SyncMessage(ThreadLocalRandom.current().nextLong(1, MAX));
    }

    ObjectNode json() {
        return QmpCommand.of(COMMAND).arguments(Map.of("id", number)).json();
    }

    boolean isAnsweredBy(Inbound message) {
        if (!(message instanceof Inbound.Reply reply) || reply.id() != null) {
            return false;
        }
        JsonNode returned = reply.raw().path("return");
        return returned.isIntegralNumber() && returned.canConvertToLong() && returned.longValue() == number;
    }
}
