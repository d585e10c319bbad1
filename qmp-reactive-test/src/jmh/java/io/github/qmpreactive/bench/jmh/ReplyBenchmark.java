package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.message.QmpCommand;
import java.io.IOException;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Large replies, one at a time. */
@State(Scope.Benchmark)
public class ReplyBenchmark {

    /** The size of a reply. */
    @Param({"1", "200", "10240"})
    int kib;

    /**
     * The session.
     *
     * @param peers connected
     * @return the reply
     */
    @Benchmark
    public JsonNode reply(Peers peers) {
        return peers.session
                .execute(QmpCommand.of("big").arguments(Map.of("kb", kib)))
                .block(Peers.PATIENCE);
    }

    /**
     * The floor.
     *
     * @param peers connected
     * @return the reply
     * @throws IOException if the server is gone
     */
    @Benchmark
    public JsonNode replyFloor(Peers peers) throws IOException {
        peers.floor.write("big", JsonNodeFactory.instance.objectNode().put("kb", kib));
        peers.floor.flush();
        return peers.floor.read();
    }
}
