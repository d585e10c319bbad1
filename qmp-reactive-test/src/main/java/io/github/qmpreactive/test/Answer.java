package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import io.github.qmpreactive.test.internal.stub.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What a {@link FakeQmpServer} does when a command comes: a reply, with or without events around it, or something that
 * no server should do. Immutable: every method returns a new answer.
 *
 * <pre>{@code
 * Answer.reply("{}").eventBefore("STOP")
 * Answer.error("GenericError", "no such device").delayed(Duration.ofSeconds(2))
 * Answer.reply("{}").truncated(5).thenClose()
 * }</pre>
 */
public final class Answer {

    private final Response response;

    Answer(Response response) {
        this.response = response;
    }

    Response response() {
        return response;
    }

    /**
     * {@return a success}
     *
     * @param json the {@code return} member, any JSON value as text, for example <code>{"running": true}</code>
     * @throws IllegalArgumentException if it is no JSON
     */
    public static Answer reply(String json) {
        return reply(JsonText.read(json));
    }

    /**
     * {@return a success}
     *
     * @param value the {@code return} member; copied
     */
    public static Answer reply(JsonNode value) {
        return new Answer(Response.success(value.deepCopy()));
    }

    /**
     * {@return a success that depends on the command}
     *
     * @param value makes the {@code return} member; called on the connection's event loop, so it must not block. If it
     *     throws, whatever that is, or gives null, the command is answered with a GenericError that says so, and {@link
     *     RunningFakeQmpServer#close()} fails with the same
     */
    public static Answer reply(Function<ReceivedCommand, JsonNode> value) {
        return new Answer(Response.success(command -> value.apply(new ReceivedCommand(command))));
    }

    /**
     * {@return an error}
     *
     * @param errorClass the {@code class} member, for example {@code "GenericError"}
     * @param description the {@code desc} member
     */
    public static Answer error(String errorClass, String description) {
        return new Answer(Response.error(errorClass, description));
    }

    /**
     * {@return text in place of a reply, sent as it is: garbage, a message that is no reply, half a message}
     *
     * @param text the text, sent as UTF-8 with nothing added
     */
    public static Answer text(String text) {
        return new Answer(Response.bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * {@return this answer with an event before the reply, as QEMU sends most events; after those added earlier}
     *
     * @param name its name
     */
    public Answer eventBefore(String name) {
        return new Answer(response.eventBefore(new EventTemplate(name, null)));
    }

    /**
     * {@return this answer with an event before the reply, as QEMU sends most events; after those added earlier}
     *
     * @param name its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public Answer eventBefore(String name, String data) {
        return new Answer(response.eventBefore(new EventTemplate(name, data)));
    }

    /**
     * {@return this answer with an event after the reply; after those added earlier}
     *
     * @param name its name
     */
    public Answer eventAfter(String name) {
        return new Answer(response.eventAfter(new EventTemplate(name, null)));
    }

    /**
     * {@return this answer with an event after the reply; after those added earlier}
     *
     * @param name its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public Answer eventAfter(String name, String data) {
        return new Answer(response.eventAfter(new EventTemplate(name, data)));
    }

    /**
     * {@return this answer after some time, by the clock of the server's {@linkplain FakeQmpServer#withScheduler
     * scheduler}. Commands behind it wait, as on a busy machine, unless they are out of band}
     *
     * @param delay the time
     * @throws IllegalArgumentException if it is negative
     */
    public Answer delayed(Duration delay) {
        Checks.notNegative(delay.toNanos(), "delay");
        return with(answer -> answer.delay = delay);
    }

    /**
     * {@return this answer with an id that is not the command's}
     *
     * @param json the {@code id} member as JSON text: {@code "\"other\""}, {@code "7"}
     * @throws IllegalArgumentException if it is no JSON
     */
    public Answer withId(String json) {
        JsonNode other = JsonText.read(json);
        return with(answer -> {
            answer.echoesId = false;
            answer.id = other;
            answer.isChecked = false;
        });
    }

    /** {@return this answer with the byte 0xFF before its reply, as the guest agent answers {@code guest-sync-delimited}} */
    public Answer delimited() {
        return with(answer -> answer.delimited = true);
    }

    /**
     * {@return this answer with its reply cut off}
     *
     * @param bytes how many bytes of it are sent
     * @throws IllegalArgumentException if the number is negative
     */
    public Answer truncated(int bytes) {
        Checks.notNegative(bytes, "bytes");
        return with(answer -> {
            answer.truncation = bytes;
            answer.isChecked = false;
        });
    }

    /** {@return this answer, and then the end of the connection; what was written before is sent} */
    public Answer thenClose() {
        return with(answer -> answer.ending = FakeChannel::close);
    }

    /** {@return this answer, and then a reset of the connection, as {@link FakeConnection#reset()}} */
    public Answer thenReset() {
        return with(answer -> answer.ending = FakeChannel::flushAndReset);
    }

    private Answer with(Consumer<Response> change) {
        return new Answer(response.changed(change));
    }
}
