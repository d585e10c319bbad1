package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.check.Copied;
import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.protocol.Command;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a fake sends when a command comes. Never changed after it was handed on. */
public final class Response extends Copied<Response> {

    public static final Response SILENCE = new Response();

    private static final int LINE_END = 2;

    /** Makes the {@code return} member; null if this is no success. */
    @Nullable
    public Function<Command, JsonNode> result;

    /** The {@code return} member, if it is known before a command has come. */
    @Nullable
    public JsonNode constant;

    /** The {@code error} member; null if this is no error. */
    @Nullable
    public JsonNode error;

    public byte @Nullable [] bytes;

    public List<EventTemplate> before = List.of();
    public List<EventTemplate> after = List.of();
    public Duration delay = Duration.ZERO;

    /** What is sent in its place when this emits; null if this is known. */
    @Nullable
    public Mono<Response> later;

    public boolean echoesId = true;

    /** In place of the command's id, if that is not echoed; null for none. */
    @Nullable
    public JsonNode id;

    public boolean delimited;
    public int truncation = Integer.MAX_VALUE;

    /** Whether the schema has to allow the reply: not if it is meant to be wrong, or to reach no client. */
    public boolean isChecked = true;

    /** Done to the connection when all was written. */
    public Consumer<FakeChannel> ending = channel -> {};

    private Response() {}

    public static Response success(JsonNode value) {
        return success(command -> value).changed(response -> response.constant = value);
    }

    /** Returns a success with a value that is made when a command comes. */
    public static Response success(Function<Command, JsonNode> value) {
        return SILENCE.changed(response -> response.result = value);
    }

    /** Returns a success of so many bytes, without the end of the line. */
    public static Response ofSize(int bytes) {
        return success(command -> padding(bytes - line("return", padding(0), command.id()).length + LINE_END))
                .changed(response -> response.isChecked = false);
    }

    private static JsonNode padding(int size) {
        return JsonNodeFactory.instance.stringNode("x".repeat(Math.max(0, size)));
    }

    public static Response error(String errorClass, String description) {
        return SILENCE.changed(response -> response.error =
                JsonNodeFactory.instance.objectNode().put("class", errorClass).put("desc", description));
    }

    public static Response error(ErrorResponse error) {
        return error(error.errorClass(), error.description());
    }

    public static Response bytes(byte[] bytes) {
        return SILENCE.changed(response -> response.bytes = bytes);
    }

    public Response eventBefore(EventTemplate event) {
        return changed(response -> response.before = append(before, event));
    }

    public Response eventAfter(EventTemplate event) {
        return changed(response -> response.after = append(after, event));
    }

    private static List<EventTemplate> append(List<EventTemplate> events, EventTemplate event) {
        return Stream.concat(events.stream(), Stream.of(event)).toList();
    }

    /** Returns a reply as QEMU writes it. */
    public static byte[] line(String key, JsonNode value, @Nullable JsonNode id) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.set(key, value);
        if (id != null) {
            message.set("id", id);
        }
        return QemuJsonWriter.line(message);
    }
}
