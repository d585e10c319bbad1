package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The middle of a sentence: <code>when("query-status")</code> … <code>reply("{}")</code>. Immutable; nothing is stubbed
 * before one of the methods that return a {@link FakeQmpServer} is called, and only in what that returns.
 */
public final class CommandStub {

    /** Those that QEMU runs out of band. */
    private static final Set<String> OOB = Set.of("yank", "query-yank", "migrate-pause", "migrate-recover");

    private final FakeQmpServer server;
    private final @Nullable String name;
    private final Predicate<ReceivedCommand> condition;
    private final boolean allowsOob;

    private CommandStub(
            FakeQmpServer server, @Nullable String name, Predicate<ReceivedCommand> condition, boolean allowsOob) {
        this.server = server;
        this.name = name;
        this.condition = condition;
        this.allowsOob = allowsOob;
    }

    static CommandStub of(FakeQmpServer server, @Nullable String name) {
        return new CommandStub(server, name, command -> true, name == null || OOB.contains(name));
    }

    /**
     * Only for commands that fulfil a condition, on top of those given earlier.
     *
     * @param condition called on the connection's event loop, so it must not block. If it throws, the command is
     *     answered with a GenericError that says so
     * @return the new stub
     */
    public CommandStub matching(Predicate<ReceivedCommand> condition) {
        return new CommandStub(server, name, this.condition.and(condition), allowsOob);
    }

    /**
     * Only for commands with these arguments; they may have others, too.
     *
     * @param json a JSON object as text, for example <code>{"id": "usb0"}</code>
     * @return the new stub
     * @throws IllegalArgumentException if it is no JSON object
     */
    public CommandStub withArguments(String json) {
        JsonNode wanted = JsonText.read(json);
        if (!wanted.isObject()) {
            throw new IllegalArgumentException("Arguments are a JSON object, not " + json);
        }
        return matching(command -> {
            for (Map.Entry<String, JsonNode> argument : wanted.properties()) {
                if (!argument.getValue().equals(command.arguments().get(argument.getKey()))) {
                    return false;
                }
            }
            return true;
        });
    }

    /**
     * Allows it to be executed out of band. Without this only those commands can be that QEMU 7.2 allows ({@code yank},
     * {@code query-yank}, {@code migrate-pause}, {@code migrate-recover}); others are answered with QEMU's error.
     *
     * @return the new stub
     */
    public CommandStub allowOob() {
        return new CommandStub(server, name, condition, true);
    }

    /**
     * Answers with success.
     *
     * @param json the {@code return} member, any JSON value as text
     * @param then those of the calls that follow, one after the other; the last goes on for ever
     * @return the server with this stub
     * @throws IllegalArgumentException if one is no JSON
     */
    public FakeQmpServer reply(String json, String... then) {
        Answer[] rest = Arrays.stream(then).map(Answer::reply).toArray(Answer[]::new);
        return answer(Answer.reply(json), rest);
    }

    /**
     * Answers with success.
     *
     * @param value the {@code return} member; copied
     * @return the server with this stub
     */
    public FakeQmpServer reply(JsonNode value) {
        return answer(Answer.reply(value));
    }

    /**
     * Answers with success, by what was asked.
     *
     * @param value makes the {@code return} member; see {@link Answer#reply(Function)}
     * @return the server with this stub
     */
    public FakeQmpServer reply(Function<ReceivedCommand, JsonNode> value) {
        return answer(Answer.reply(value));
    }

    /**
     * Answers with an error.
     *
     * @param errorClass the {@code class} member, for example {@code "GenericError"}
     * @param description the {@code desc} member
     * @return the server with this stub
     */
    public FakeQmpServer error(String errorClass, String description) {
        return answer(Answer.error(errorClass, description));
    }

    /**
     * Never answers. The test may, with {@link FakeConnection#reply(ReceivedCommand, String)}.
     *
     * @return the server with this stub
     */
    public FakeQmpServer silent() {
        return answer(Answer.silence());
    }

    /**
     * Answers in any way.
     *
     * @param answer the answer to the first call
     * @param then those to the calls that follow, one after the other; the last goes on for ever. Calls are counted
     *     over all connections of a running server
     * @return the server with this stub
     */
    public FakeQmpServer answer(Answer answer, Answer... then) {
        Answer[] answers = new Answer[then.length + 1];
        answers[0] = answer;
        System.arraycopy(then, 0, answers, 1, then.length);
        return server.with(new Stub(name, condition, allowsOob, List.of(answers)));
    }
}
