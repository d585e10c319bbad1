package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What can go wrong on one connection at a moment that the test chooses, one call each. Beside these: {@link
 * FakeConnection#emitMany}, {@link FakeConnection#idlessError}, {@link FakeConnection#splitOutput}, {@link
 * FakeConnection#reset}, {@link FakeConnection#resetAfter} and {@link FakeConnection#close}. What is to go wrong with the
 * answer to a command is one of {@link Faults}.
 *
 * <p>Every method may be called from any thread, and none blocks; on a closed connection nothing happens.
 */
public final class ConnectionFaults {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int READS_A_SECOND = 100;
    private static final String EVENT =
            "{\"event\": \"TEST\", \"data\": \"%s\", " + "\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}}";

    private final FakeChannel channel;
    private final Conversation conversation;

    ConnectionFaults(FakeChannel channel, Conversation conversation) {
        this.channel = channel;
        this.conversation = conversation;
    }

    /**
     * Answers no command any more, for good, those included whose answers are being delayed. What comes is read and noted
     * down, events are sent, and so are replies that the test sends by hand.
     */
    public void silence() {
        channel.run(conversation::fallSilent);
    }

    /**
     * Neither reads nor sends, as a QEMU that was stopped with SIGSTOP, until {@link #resume()} is called. What the client
     * sends stays in the sockets' buffers; what the test sends is kept and goes out later.
     */
    public void stall() {
        channel.run(() -> channel.stall(true));
    }

    /** Goes on after {@link #stall()} or {@link #readSlowly}. */
    public void resume() {
        channel.run(() -> channel.stall(false));
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
        channel.run(() -> channel.readSlowly(bytes, interval));
    }

    /** Sends the first half of an event, and then the end of file. */
    public void halfMessage() {
        byte[] event = event("half");
        channel.run(() -> {
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
        if (bytes < Answer.SMALLEST_SIZE) {
            throw new IllegalArgumentException("An event of " + bytes + " bytes is too small: 100 is the least");
        }
        byte[] event = event("x".repeat(bytes - event("").length));
        channel.run(() -> {
            channel.write(event);
            channel.write(new byte[] {'\r', '\n'});
        });
    }

    /** Sends what is no JSON: the beginning of an HTTP response. */
    public void garbage() {
        byte[] garbage = Faults.GARBAGE.getBytes(StandardCharsets.US_ASCII);
        channel.run(() -> channel.write(garbage));
    }

    /**
     * Sends replies with success to ids that no command has, one after the other: text, a number, {@code null}.
     */
    public void wrongIds() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        channel.burst(() -> {
            AnswerWriter writer = conversation.writer();
            writer.reply("return", nodes.objectNode(), nodes.stringNode("nobody's"));
            writer.reply("return", nodes.objectNode(), nodes.numberNode(-1));
            writer.reply("return", nodes.objectNode(), nodes.nullNode());
        });
    }

    private static byte[] event(String data) {
        return EVENT.formatted(data).getBytes(StandardCharsets.US_ASCII);
    }
}
