package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.server.Conversation;
import io.github.qmpreactive.test.internal.stub.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What can go wrong on one connection at a moment that the test chooses, one call each. Beside these: {@link
 * FakeConnection#emitMany}, {@link FakeConnection#reset} and {@link FakeConnection#close}. What is to go wrong with the
 * answer to a command is one of {@link Faults}.
 *
 * <p>What {@link FakeConnection} says of threads and of closed connections holds for every method.
 */
public final class ConnectionFaults {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int READS_A_SECOND = 100;
    private static final String EVENT =
            "{\"event\": \"TEST\", \"data\": \"%s\", \"timestamp\": {\"seconds\": 1, \"microseconds\": 0}}";

    private final Conversation conversation;
    private final FakeChannel channel;

    ConnectionFaults(Conversation conversation) {
        this.conversation = conversation;
        this.channel = conversation.channel();
    }

    /**
     * Stops answering commands for good, those included whose answers are being delayed. Commands are read and
     * recorded, events are sent, and so are replies that the test sends by hand.
     */
    public void silence() {
        act("silence()", conversation::fallSilent);
    }

    /**
     * Neither reads nor sends, as a QEMU that was stopped with SIGSTOP, until {@link #resume()} is called. What the
     * client sends stays in the sockets' buffers; what the test sends is kept and goes out later.
     */
    public void stall() {
        act("stall()", () -> channel.stall(true));
    }

    /** Goes on after {@link #stall()}, {@link #pauseReading()} or {@link #readSlowly}. */
    public void resume() {
        act("resume()", () -> channel.stall(false));
    }

    /**
     * Reads slowly, by real time, until {@link #resume()} is called.
     *
     * @param bytesPerSecond how fast
     * @throws IllegalArgumentException if the number is not positive
     */
    public void readSlowly(int bytesPerSecond) {
        Checks.positive(bytesPerSecond, "bytesPerSecond");
        int bytes = Math.max(1, bytesPerSecond / READS_A_SECOND);
        Duration interval = Duration.ofNanos(SECOND * bytes / bytesPerSecond);
        act("readSlowly()", () -> channel.readSlowly(bytes, interval));
    }

    /** Sends the first half of an event, and then the end of file. */
    public void halfMessage() {
        byte[] event = event("half");
        act("halfMessage()", () -> {
            channel.write(Arrays.copyOf(event, event.length / 2));
            channel.close();
        });
    }

    /**
     * Sends an event of a given size, to try a client's limit.
     *
     * @param bytes the size from its first brace to its last; at least 100
     * @throws IllegalArgumentException if the size is under 100
     */
    public void longMessage(int bytes) {
        if (bytes < Faults.SMALLEST_SIZE) {
            throw new IllegalArgumentException("An event of " + bytes + " bytes is too small: 100 is the least");
        }
        byte[] event = event("x".repeat(bytes - event("").length));
        act("longMessage()", () -> {
            channel.write(event);
            channel.write(new byte[] {'\r', '\n'});
        });
    }

    /** Sends what is no JSON: the beginning of an HTTP response. */
    public void garbage() {
        byte[] garbage = Faults.GARBAGE.getBytes(StandardCharsets.US_ASCII);
        act("garbage()", () -> channel.write(garbage));
    }

    /**
     * Sends replies with success to ids that no command has, one after the other: text, a number, {@code null}.
     */
    public void wrongIds() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        act("wrongIds()", () -> {
            for (JsonNode id : List.of(nodes.stringNode("no-command's"), nodes.numberNode(-1), nodes.nullNode())) {
                channel.write(Response.line("return", nodes.objectNode(), id));
            }
        });
    }

    /**
     * Sends an error without an id, which is how QEMU says that it could not read what it was sent.
     *
     * @param description the {@code desc} member, for example {@code "JSON parse error, expecting value"}
     */
    public void idlessError(String description) {
        Response error = Response.error("GenericError", description);
        act("idlessError()", () -> conversation.write(null, error));
    }

    /**
     * Cuts all that is sent from now on into pieces, each of them a write of its own: a packet of its own on TCP, which
     * the client nevertheless may find together in its buffer if it reads late.
     *
     * @param bytes the size of a piece
     * @throws IllegalArgumentException if the size is not positive
     */
    public void splitOutput(int bytes) {
        Checks.positive(bytes, "bytes");
        act("splitOutput()", () -> channel.split(bytes));
    }

    /**
     * Stops reading: what the client sends stays in the sockets' buffers until they are full. One read that has begun
     * may still be answered.
     */
    public void pauseReading() {
        act("pauseReading()", () -> channel.read(false));
    }

    /**
     * Resets the connection as soon as the client sends something more, two bytes at least, and takes no notice of what
     * it is. The client sees a reset, over TCP and over UNIX sockets.
     */
    public void resetOnNextRead() {
        act("resetOnNextRead()", channel::resetOnRead);
    }

    /**
     * Resets the connection, as {@link FakeConnection#reset()} does, when some more bytes have been sent.
     *
     * @param bytes how many, from now on; 0 resets in place of the next one
     * @throws IllegalArgumentException if the number is negative
     */
    public void resetAfter(long bytes) {
        Checks.notNegative(bytes, "bytes");
        act("resetAfter()", () -> channel.resetAfter(bytes));
    }

    private void act(String fault, Runnable task) {
        conversation.act("faults()." + fault, task);
    }

    private static byte[] event(String data) {
        return EVENT.formatted(data).getBytes(StandardCharsets.US_ASCII);
    }
}
