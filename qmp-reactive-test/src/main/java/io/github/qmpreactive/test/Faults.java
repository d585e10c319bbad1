package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import io.github.qmpreactive.test.internal.stub.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers that no server should give, one call each, for {@link CommandStub#answer} and {@link QmpScript#answer}. What can
 * go wrong without a command is in {@link FakeConnection#faults()}; a connection that is reset at a certain byte, and one
 * that waits for another client, is asked for by {@link FakeQmpServer#withResetAfter} and {@link
 * FakeQmpServer#withOtherClient()}.
 *
 * <pre>{@code
 * FakeQmpServer.create().when("query-block").answer(Faults.halfReply())
 * }</pre>
 *
 * <p>What is meant to be wrong about them no {@linkplain FakeQmpServer#withSchema schema} forbids. {@link #eventStorm} returns
 * an empty object after it, which is right for few commands: stub it with {@link Answer#eventBefore} for others.
 */
public final class Faults {

    static final String GARBAGE = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n";
    private static final Answer SILENCE = new Answer(Response.SILENCE);
    private static final int HALF = 8;

    /** With room for an id. */
    static final int SMALLEST_SIZE = 100;

    private Faults() {}

    /**
     * {@return no reply, ever. Commands behind this one are answered all the same; a {@linkplain Answer#delayed
     * delayed} answer makes them wait}
     */
    public static Answer silence() {
        return SILENCE;
    }

    /** {@return the beginning of a reply, and then the end of file} */
    public static Answer halfReply() {
        return Answer.reply("{}").truncated(HALF).thenClose();
    }

    /** {@return the end of file in place of a reply} */
    public static Answer endOfFile() {
        return SILENCE.thenClose();
    }

    /**
     * {@return a reset in place of a reply, or in the middle of it, as {@link FakeConnection#reset()}}
     *
     * @param bytes how many bytes of the reply, which returns an empty object, are sent before; 0 for none
     * @throws IllegalArgumentException if the number is negative
     */
    public static Answer resetAfter(int bytes) {
        Checks.notNegative(bytes, "bytes");
        return Answer.reply("{}").truncated(bytes).thenReset();
    }

    /**
     * {@return many events in one go, all of one name and numbered in their data (<code>{"n": 0}</code> and so on),
     * then a reply that returns an empty object. Of the events a {@linkplain FakeQmpServer#withSchema schema} has to
     * know the name alone}
     *
     * @param count how many
     * @param event their name
     * @throws IllegalArgumentException if the number is negative
     */
    public static Answer eventStorm(int count, String event) {
        return storm(EventTemplate.numbered(count, event));
    }

    /**
     * {@return many events in one go, all of them the same, then a reply that returns an empty object}
     *
     * @param count how many
     * @param event their name
     * @param data the {@code data} member of each as JSON text; null for none
     * @throws IllegalArgumentException if the number is negative, or the text is no JSON
     */
    public static Answer eventStorm(int count, String event, @Nullable String data) {
        return storm(EventTemplate.same(count, event, data));
    }

    private static Answer storm(List<EventTemplate> events) {
        return new Answer(Answer.reply("{}").response().changed(response -> response.before = events));
    }

    /** {@return a reply that returns an empty object, with an id that no command has} */
    public static Answer wrongId() {
        return Answer.reply("{}").withId("\"no-command's\"");
    }

    /** {@return an error without an id, in QEMU's words for what it could not read} */
    public static Answer idlessError() {
        Response error = Response.error("GenericError", "JSON parse error, expecting value");
        return new Answer(error.changed(response -> response.echoesId = false));
    }

    /**
     * {@return a reply of a given size, to try a client's limit: <code>{"return": "xxx…", "id": …}</code>}
     *
     * @param bytes the size from its first brace to its last; at least 100
     * @throws IllegalArgumentException if the size is under 100
     */
    public static Answer longReply(int bytes) {
        if (bytes < SMALLEST_SIZE) {
            throw new IllegalArgumentException("A reply of " + bytes + " bytes has no room for an id");
        }
        return new Answer(Response.ofSize(bytes));
    }

    /** {@return what is no JSON in place of a reply: the beginning of an HTTP response} */
    public static Answer garbage() {
        return Answer.text(GARBAGE);
    }
}
