package io.github.qmpreactive.test;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final List<Condition> conditions;
    private final boolean allowsOob;

    private CommandStub(FakeQmpServer server, @Nullable String name, List<Condition> conditions, boolean allowsOob) {
        this.server = server;
        this.name = name;
        this.conditions = List.copyOf(conditions);
        this.allowsOob = allowsOob;
    }

    static CommandStub of(FakeQmpServer server, @Nullable String name) {
        return new CommandStub(server, name, List.of(), name == null || OOB.contains(name));
    }

    /**
     * Only for commands that fulfil a condition, on top of those given earlier.
     *
     * @param condition called on the connection's event loop, so it must not block. If it throws, the command is
     *     answered with a GenericError that says so, and {@link RunningFakeQmpServer#close()} fails with the same
     * @return the new stub
     */
    public CommandStub matching(Predicate<ReceivedCommand> condition) {
        return with(new Condition.Matching(condition));
    }

    /**
     * Only for commands with these arguments, on top of those given earlier.
     *
     * <ul>
     *   <li>They may have others, too, and so may objects in them, at any depth. Arrays have to be of one length.
     *   <li>Numbers are compared by value: 100 is 100.0.
     *   <li>If no stub of a command's name answers it, the error says of each why not, and in what the arguments differ.
     *   <li>What the server's {@linkplain FakeQmpServer#withSchema schema} does not allow among the arguments never comes, and
     *       is refused as soon as the stub is complete.
     * </ul>
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
        return with(new Condition.Arguments(wanted));
    }

    /**
     * Allows it to be executed out of band. Without this only those commands can be that QEMU 7.2 to 11.1 allow ({@code yank},
     * {@code query-yank}, {@code migrate-pause}, {@code migrate-recover}); others are answered with QEMU's error.
     *
     * @return the new stub
     */
    public CommandStub allowOob() {
        return new CommandStub(server, name, conditions, true);
    }

    /**
     * {@return the server that answers it with success}
     *
     * @param json the {@code return} member, any JSON value as text
     * @param then those of the calls that follow, one after the other; the last goes on for ever
     * @throws IllegalArgumentException if one is no JSON
     */
    public FakeQmpServer reply(String json, String... then) {
        Answer[] rest = Arrays.stream(then).map(Answer::reply).toArray(Answer[]::new);
        return answer(Answer.reply(json), rest);
    }

    /**
     * {@return the server that answers it with success}
     *
     * @param value the {@code return} member; copied
     */
    public FakeQmpServer reply(JsonNode value) {
        return answer(Answer.reply(value));
    }

    /**
     * {@return the server that answers it with success, by what was asked}
     *
     * @param value makes the {@code return} member; see {@link Answer#reply(Function)}
     */
    public FakeQmpServer reply(Function<ReceivedCommand, JsonNode> value) {
        return answer(Answer.reply(value));
    }

    /**
     * {@return the server that answers it with an error}
     *
     * @param errorClass the {@code class} member, for example {@code "GenericError"}
     * @param description the {@code desc} member
     */
    public FakeQmpServer error(String errorClass, String description) {
        return answer(Answer.error(errorClass, description));
    }

    /**
     * Answers as a QEMU that has no such command: CommandNotFound. Without any stub a command is answered like this too, but
     * fails the test when the server is closed.
     *
     * @return the server with this stub
     */
    public FakeQmpServer commandNotFound() {
        return answer(command -> {
            ErrorResponse error = Refusals.notFound(command.name());
            return Answer.error(error.errorClass(), error.description());
        });
    }

    /**
     * {@return the server that never answers it; the test may, with {@link FakeConnection#reply(ReceivedCommand,
     * String)}}
     */
    public FakeQmpServer silent() {
        return answer(Answer.silence());
    }

    /**
     * {@return the server that answers it in any way}
     *
     * @param answer the answer to the first call
     * @param then those to the calls that follow, one after the other; the last goes on for ever. Calls are counted
     *     over all connections of a running server
     * @throws IllegalArgumentException if the server's {@linkplain FakeQmpServer#withSchema schema} does not allow it; the
     *     methods above throw that, too
     */
    public FakeQmpServer answer(Answer answer, Answer... then) {
        List<Answer> answers = new ArrayList<>(List.of(then));
        answers.add(0, answer);
        return server.with(new Stub(name, conditions, allowsOob, List.copyOf(answers), null));
    }

    /**
     * {@return the server that answers it in any way, by what was asked and by what happened before}
     *
     * @param answer gives the answer to each call; called on the event loop that all fakes share, so it must not block.
     *     Events that it {@linkplain RunningFakeQmpServer#emit(String) emits} come before the reply, on every
     *     connection. If it throws, whatever that is, or gives null, the command is answered with a GenericError that
     *     says so, and {@link RunningFakeQmpServer#close()} fails with the same
     */
    public FakeQmpServer answer(Function<ReceivedCommand, Answer> answer) {
        return server.with(new Stub(name, conditions, allowsOob, List.of(), answer));
    }

    private CommandStub with(Condition condition) {
        List<Condition> longer = new ArrayList<>(conditions);
        longer.add(condition);
        return new CommandStub(server, name, longer, allowsOob);
    }
}
