package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What can go wrong on one connection at a moment that the test chooses, one call each. Beside these:
 * {@link FakeConnection#emitMany}, {@link FakeConnection#idlessError}, {@link FakeConnection#splitOutput},
 * {@link FakeConnection#reset}, {@link FakeConnection#resetAfter} and {@link FakeConnection#close}. What is to go wrong
 * with the answer to a command is one of {@link Faults}.
 *
 * <p>Every method may be called from any thread, and does its work on the event loop that all fakes share. It returns
 * when that is done, and fails with an AssertionError if the loop is blocked for 10 seconds; on threads of Reactor that
 * must not block it returns at once. On a closed connection every method throws an {@link IllegalStateException} that
 * says which connection it is and how it ended.
 */
public final class ConnectionFaults {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int READS_A_SECOND = 100;
    private static final String EVENT =
            "{\"event\": \"TEST\", \"data\": \"%s\", " + "\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}}";

    private final Actions actions;
    private final FakeChannel channel;
    private final Conversation conversation;

    ConnectionFaults(Actions actions, FakeChannel channel, Conversation conversation) {
        this.actions = actions;
        this.channel = channel;
        this.conversation = conversation;
    }

    /**
     * Stops answering commands for good, those included whose answers are being delayed. Commands are read and
     * recorded, events are sent, and so are replies that the test sends by hand.
     */
    public void silence() {
        actions.run("faults().silence()", conversation::fallSilent);
    }

    /**
     * Neither reads nor sends, as a QEMU that was stopped with SIGSTOP, until {@link #resume()} is called. What the
     * client sends stays in the sockets' buffers; what the test sends is kept and goes out later.
     */
    public void stall() {
        actions.run("faults().stall()", () -> channel.stall(true));
    }

    /** Continues after {@link #stall()} or {@link #readSlowly}. */
    public void resume() {
        actions.run("faults().resume()", () -> channel.stall(false));
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
        actions.run("faults().readSlowly()", () -> channel.readSlowly(bytes, interval));
    }

    /** Sends the first half of an event, and then the end of file. */
    public void halfMessage() {
        byte[] event = event("half");
        actions.run("faults().halfMessage()", () -> {
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
        actions.run("faults().longMessage()", () -> {
            channel.write(event);
            channel.write(new byte[] {'\r', '\n'});
        });
    }

    /** Sends what is no JSON: the beginning of an HTTP response. */
    public void garbage() {
        byte[] garbage = Faults.GARBAGE.getBytes(StandardCharsets.US_ASCII);
        actions.run("faults().garbage()", () -> channel.write(garbage));
    }

    /**
     * Sends replies with success to ids that no command has, one after the other: text, a number, {@code null}.
     */
    public void wrongIds() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        actions.burst("faults().wrongIds()", () -> {
            AnswerWriter writer = conversation.writer();
            writer.reply("return", nodes.objectNode(), nodes.stringNode("no-command's"));
            writer.reply("return", nodes.objectNode(), nodes.numberNode(-1));
            writer.reply("return", nodes.objectNode(), nodes.nullNode());
        });
    }

    private static byte[] event(String data) {
        return EVENT.formatted(data).getBytes(StandardCharsets.US_ASCII);
    }
}
