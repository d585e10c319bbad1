package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.server.Conversation;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * One client's connection to a {@link RunningFakeQmpServer}: what it has sent, and all that can be done to it by hand.
 *
 * <p>Every method may be called from any thread; what is called in one order by one thread happens in that order, on
 * the event loop that all fakes share. On threads of Reactor that must not block nothing waits. On others a method
 * returns when its work on that loop is done, and fails with an AssertionError, which shows where, if the loop is
 * blocked for 10 seconds.
 *
 * <p>On a closed connection nothing can be done: every method that sends something, or changes how it is read or sent,
 * throws an {@link IllegalStateException} that says which connection it is and how it ended. {@link #close()} and
 * {@link #reset()} do nothing there. On a thread that must not block, a connection that is closed between the call and
 * its work on the loop is reported only in the log. A stub that throws this because its server is being closed does not
 * fail the test.
 *
 * <p>If the server has a {@linkplain FakeQmpServer#withSchema schema}, answers to commands and events that it does not
 * allow are refused with an IllegalArgumentException. What is meant to be wrong is not checked: messages, text and
 * bytes that are sent.
 */
public final class FakeConnection extends ReceivedCommands {

    private final Conversation conversation;
    private final FakeChannel channel;

    FakeConnection(Conversation conversation) {
        super(conversation.inbox(), 0);
        this.conversation = conversation;
        this.channel = conversation.channel();
    }

    /** {@return which connection of its server this is: 0 for the first that was opened} */
    public int number() {
        return conversation.number();
    }

    /** {@return whether the connection is open: false as soon as either side begins to close it} */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Completes once the client has negotiated.
     *
     * @return completes when {@code qmp_capabilities} was answered with success, at once if it has been; never if that
     *     does not happen
     */
    public Mono<Void> negotiated() {
        return conversation.negotiated();
    }

    /** {@return the names of the capabilities that the client has enabled; empty before the negotiation} */
    public Set<String> capabilities() {
        return conversation.enabled();
    }

    /**
     * Completes once the connection is closed.
     *
     * @return completes when the connection is closed, by whichever side, at once if it is. The client's closing is not
     *     seen while reading is paused
     */
    public Mono<Void> closed() {
        return conversation.closed();
    }

    /**
     * Waits until the connection is closed, 10 s at most; blocks.
     *
     * @throws AssertionError if it is not closed by then
     */
    public void awaitClosed() {
        Checks.await(closed().thenReturn(true), "connection " + number() + " to be closed");
    }

    /**
     * {@return a copy of all that was read. Of all connections together a fake keeps the newest 64 MiB, or what the
     * system property {@code qmp.test.keptBytes} says, and logs a warning when it drops the first ones}
     */
    public byte[] receivedBytes() {
        return conversation.inbox().bytes();
    }

    /** Sends the greeting. */
    public void greet() {
        conversation.act("greet()", conversation::greet);
    }

    /**
     * Sends an event without data, stamped with the present time. It is sent at once, before the negotiation too.
     *
     * @param event its name
     */
    public void emit(String event) {
        emit(event, null);
    }

    /**
     * Sends an event, stamped with the present time.
     *
     * @param event its name
     * @param data its {@code data} member as JSON text; null for none
     * @throws IllegalArgumentException if it is no JSON
     */
    public void emit(String event, @Nullable String data) {
        conversation.emit(List.of(new EventTemplate(event, data)));
    }

    /**
     * Sends many events in one go, numbered in their data: <code>{"n": 0}</code> and so on. A schema has to know their name
     * alone.
     *
     * @param count how many
     * @param event their name
     * @throws IllegalArgumentException if the number is negative
     */
    public void emitMany(int count, String event) {
        conversation.emit(EventTemplate.numbered(count, event));
    }

    /**
     * Sends many events in one go, all of them the same.
     *
     * @param count how many
     * @param event their name
     * @param data the {@code data} member of each as JSON text; null for none
     * @throws IllegalArgumentException if the number is negative, or the text is no JSON
     */
    public void emitMany(int count, String event, @Nullable String data) {
        conversation.emit(EventTemplate.same(count, event, data));
    }

    /**
     * Answers a command with success, for example one that a stub left unanswered.
     *
     * @param command the command
     * @param json the {@code return} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public void reply(ReceivedCommand command, String json) {
        answer(command, Answer.reply(json));
    }

    /**
     * Answers a command in any way; a delay of the answer is ignored.
     *
     * @param command the command
     * @param answer the answer
     */
    public void answer(ReceivedCommand command, Answer answer) {
        conversation.answer(command.command(), answer.response());
    }

    /**
     * Sends a message of any kind, as QEMU writes it.
     *
     * @param json the message as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public void send(String json) {
        JsonNode message = JsonText.read(json);
        conversation.act("send()", () -> conversation.write(message));
    }

    /**
     * Sends text as it is.
     *
     * @param text sent as UTF-8 with nothing added
     */
    public void sendText(String text) {
        sendBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends bytes as they are, in one write if they fit into the socket's buffer.
     *
     * @param bytes copied
     */
    public void sendBytes(byte... bytes) {
        byte[] copy = bytes.clone();
        conversation.act("sendBytes()", () -> channel.write(copy));
    }

    /**
     * Closes the connection, after all that was written has been sent: the client reads to the end of file. Does nothing if
     * it is closed.
     */
    public void close() {
        FakeLoop.run(channel::close);
    }

    /**
     * Resets the connection, and drops what has not been sent yet. Over TCP the client sees a reset. Over a UNIX socket
     * it sees one only if something it sent is still unread, after {@link ConnectionFaults#pauseReading()} for example,
     * and the end of file otherwise; {@link ConnectionFaults#resetOnNextRead()} is sure.
     */
    public void reset() {
        FakeLoop.run(channel::reset);
    }

    /** {@return what else can go wrong on this connection; nothing does before one of these faults is asked for} */
    public ConnectionFaults faults() {
        return new ConnectionFaults(conversation);
    }

    /** For people: which connection it is, and whether it is open. */
    @Override
    public String toString() {
        String end = channel.end();
        return "connection " + number() + " (" + (end == null ? "open" : "closed: " + end) + ")";
    }

    /** Whether it is the same connection. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FakeConnection connection && conversation == connection.conversation;
    }

    @Override
    public int hashCode() {
        return conversation.hashCode();
    }
}
