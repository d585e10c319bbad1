package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

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

    enum Ending {
        GO_ON,
        CLOSE,
        RESET,
        STOP_READING
    }

    /** With room for an id. */
    static final int SMALLEST_SIZE = 100;

    private static final Answer NOTHING = new Answer();

    // Never changed after the answer was handed out.
    @Nullable
    Function<ReceivedCommand, JsonNode> result;

    /** What the result is, if that is known before a command has come. */
    @Nullable
    JsonNode constant;

    @Nullable
    JsonNode error;

    byte @Nullable [] bytes;
    List<EventTemplate> before = List.of();
    List<EventTemplate> after = List.of();
    Duration delay = Duration.ZERO;
    boolean echoesId = true;
    boolean delimited;

    @Nullable
    JsonNode id;

    int copies = 1;
    int size;
    int truncation = Integer.MAX_VALUE;
    Ending ending = Ending.GO_ON;

    private Answer() {}

    private Answer(Answer other) {
        this.result = other.result;
        this.constant = other.constant;
        this.error = other.error;
        this.bytes = other.bytes;
        this.before = other.before;
        this.after = other.after;
        this.delay = other.delay;
        this.echoesId = other.echoesId;
        this.delimited = other.delimited;
        this.id = other.id;
        this.copies = other.copies;
        this.size = other.size;
        this.truncation = other.truncation;
        this.ending = other.ending;
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
        JsonNode copy = value.deepCopy();
        Answer answer = reply(command -> copy);
        answer.constant = copy;
        return answer;
    }

    /**
     * {@return a success that depends on the command}
     *
     * @param value makes the {@code return} member; called on the connection's event loop, so it must not block. If it
     *     throws, whatever that is, or gives null, the command is answered with a GenericError that says so, and {@link
     *     RunningFakeQmpServer#close()} fails with the same
     */
    public static Answer reply(Function<ReceivedCommand, JsonNode> value) {
        Answer answer = new Answer();
        answer.result = value;
        return answer;
    }

    /**
     * {@return an error}
     *
     * @param errorClass the {@code class} member, for example {@code "GenericError"}
     * @param description the {@code desc} member
     */
    public static Answer error(String errorClass, String description) {
        Answer answer = new Answer();
        answer.error =
                JsonNodeFactory.instance.objectNode().put("class", errorClass).put("desc", description);
        return answer;
    }

    static Answer silence() {
        return NOTHING;
    }

    Answer ofSize(int bytes) {
        return with(answer -> answer.size = bytes);
    }

    /**
     * {@return text in place of a reply, sent as it is: garbage, a message that is no reply, half a message}
     *
     * @param text the text, sent as UTF-8 with nothing added
     */
    public static Answer text(String text) {
        Answer answer = new Answer();
        answer.bytes = text.getBytes(StandardCharsets.UTF_8);
        return answer;
    }

    /**
     * {@return this answer with an event before the reply, as QEMU sends most events; after those added earlier}
     *
     * @param name its name
     */
    public Answer eventBefore(String name) {
        return with(answer -> answer.before = append(before, new EventTemplate(name, null)));
    }

    /**
     * {@return this answer with an event before the reply, as QEMU sends most events; after those added earlier}
     *
     * @param name its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public Answer eventBefore(String name, String data) {
        EventTemplate event = new EventTemplate(name, JsonText.read(data));
        return with(answer -> answer.before = append(before, event));
    }

    /**
     * {@return this answer with an event after the reply; after those added earlier}
     *
     * @param name its name
     */
    public Answer eventAfter(String name) {
        return with(answer -> answer.after = append(after, new EventTemplate(name, null)));
    }

    /**
     * {@return this answer with an event after the reply; after those added earlier}
     *
     * @param name its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public Answer eventAfter(String name, String data) {
        EventTemplate event = new EventTemplate(name, JsonText.read(data));
        return with(answer -> answer.after = append(after, event));
    }

    /**
     * {@return this answer after some time, by the clock of the server's {@linkplain FakeQmpServer#withScheduler
     * scheduler}. Commands behind it wait, as on a busy machine, unless they are out of band}
     *
     * @param delay the time
     * @throws IllegalArgumentException if it is negative, or over 292 years
     */
    public Answer delayed(Duration delay) {
        Checks.notNegative(Checks.nanos(delay, "delay"), "delay");
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
        });
    }

    /** {@return this answer without an id} */
    public Answer withoutId() {
        return with(answer -> {
            answer.echoesId = false;
            answer.id = null;
        });
    }

    /** {@return this answer with the byte 0xFF before its reply, as the guest agent answers {@code guest-sync-delimited}} */
    public Answer delimited() {
        return with(answer -> answer.delimited = true);
    }

    /**
     * {@return this answer with its reply sent more than once}
     *
     * @param copies how often; 0 for never
     * @throws IllegalArgumentException if the number is negative
     */
    public Answer times(int copies) {
        Checks.notNegative(copies, "copies");
        return with(answer -> answer.copies = copies);
    }

    /**
     * {@return this answer with its reply cut off}
     *
     * @param bytes how many bytes of it are sent
     * @throws IllegalArgumentException if the number is negative
     */
    public Answer truncated(int bytes) {
        Checks.notNegative(bytes, "bytes");
        return with(answer -> answer.truncation = bytes);
    }

    /** {@return this answer, and then the end of the connection; what was written before is sent} */
    public Answer thenClose() {
        return with(answer -> answer.ending = Ending.CLOSE);
    }

    /** {@return this answer, and then a reset of the connection, as {@link FakeConnection#reset()}} */
    public Answer thenReset() {
        return with(answer -> answer.ending = Ending.RESET);
    }

    /** {@return this answer, and then nothing is read any more, as after {@link ConnectionFaults#pauseReading()}} */
    public Answer thenPauseReading() {
        return with(answer -> answer.ending = Ending.STOP_READING);
    }

    Answer eventsBefore(List<EventTemplate> events) {
        return with(answer -> answer.before = List.copyOf(events));
    }

    /** Whether its reply has to be one that the schema allows: not if it is meant to be wrong, or to reach no client. */
    boolean isChecked() {
        return size == 0 && echoesId && truncation == Integer.MAX_VALUE;
    }

    private Answer with(Consumer<Answer> change) {
        Answer answer = new Answer(this);
        change.accept(answer);
        return answer;
    }

    private static List<EventTemplate> append(List<EventTemplate> events, EventTemplate event) {
        List<EventTemplate> longer = new ArrayList<>(events);
        longer.add(event);
        return List.copyOf(longer);
    }
}
