package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.internal.codec.CommandEncoder;
import io.github.qmpreactive.internal.codec.InboundDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Encoding and decoding alone, without socket or session. */
@State(Scope.Benchmark)
public class CodecBenchmark {

    /** What is encoded or decoded. */
    public enum Message {
        /** Neither arguments nor data. */
        SMALL(
                "{\"execute\":\"query-status\"}",
                "{\"return\": {\"status\": \"running\", \"singlestep\": false, \"running\": true}, \"id\": \"#1a\"}\r\n"),
        /** With both. */
        MEDIUM(
                "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"disk0\","
                        + "\"file\":{\"driver\":\"file\",\"filename\":\"/var/lib/vm/disk0.qcow2\"}}}",
                "{\"timestamp\": {\"seconds\": 1763900000, \"microseconds\": 123456}, \"event\": \"BLOCK_JOB_READY\","
                        + " \"data\": {\"device\": \"drive0\", \"len\": 10737418240, \"offset\": 10737418240,"
                        + " \"speed\": 0, \"type\": \"mirror\"}}\r\n");

        private final String command;
        private final String received;

        Message(String command, String received) {
            this.command = command;
            this.received = received;
        }
    }

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** Which. */
    @Param({"SMALL", "MEDIUM"})
    Message message;

    private ObjectNode command;
    private byte[] received;
    private ByteBuf buffer;
    private InboundDecoder decoder;

    /** Makes what is encoded and decoded. */
    @Setup
    public void prepare() {
        command = (ObjectNode) MAPPER.readTree(message.command);
        received = message.received.getBytes(StandardCharsets.US_ASCII);
        buffer = Unpooled.directBuffer().writeBytes(received);
        decoder = new InboundDecoder("[" + message.name().toLowerCase(Locale.ROOT) + "] ", 1 << 20);
    }

    /**
     * A command with a new id.
     *
     * @return the bytes
     */
    @Benchmark
    public byte[] encode() {
        return CommandEncoder.encode("[vm] ", command, "#1a");
    }

    /**
     * What Jackson alone takes for the same.
     *
     * @return the bytes
     */
    @Benchmark
    public byte[] encodeFloor() {
        command.put("id", "#1a");
        return MAPPER.writeValueAsBytes(command);
    }

    /**
     * A message, from the bytes of a socket.
     *
     * @param hole takes it
     */
    @Benchmark
    public void decode(Blackhole hole) {
        decoder.decode(buffer.readerIndex(0), hole::consume);
    }

    /**
     * What Jackson alone takes for the same.
     *
     * @return the message
     */
    @Benchmark
    public JsonNode decodeFloor() {
        return MAPPER.readTree(received, 0, received.length);
    }
}
