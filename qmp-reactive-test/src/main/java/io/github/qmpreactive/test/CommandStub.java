package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.protocol.Refusals;
import io.github.qmpreactive.test.internal.stub.Condition;
import io.github.qmpreactive.test.internal.stub.Response;
import io.github.qmpreactive.test.internal.stub.Stub;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * An unfinished stub: <code>when("query-status")</code> … <code>reply("{}")</code>. Immutable; nothing is stubbed
 * before one of the methods that return the server is called.
 *
 * @param <S> the server: a {@link FakeQmpServer}, of which the one that is returned has the stub, or a {@link
 *     RunningFakeQmpServer}, which has it at once
 */
public final class CommandStub<S> {

    private static final String NO_ANSWER = "it gave no answer";

    /** Those that QEMU runs out of band. */
    private static final Set<String> OOB = Set.of("yank", "query-yank", "migrate-pause", "migrate-recover");

    private final Function<Stub, S> server;
    private final Stub stub;

    private CommandStub(Function<Stub, S> server, Stub stub) {
        this.server = server;
        this.stub = stub;
    }

    static <S> CommandStub<S> of(@Nullable String name, Function<Stub, S> server) {
        return new CommandStub<>(server, new Stub(name, name == null || OOB.contains(name)));
    }

    /**
     * Restricts the stub to commands that fulfil a condition, in addition to those given earlier.
     *
     * @param condition called on the connection's event loop, so it must not block. If it throws, the command is
     *     answered with a GenericError that says so, and {@link RunningFakeQmpServer#close()} fails with the same
     * @return the new stub
     */
    public CommandStub<S> matching(Predicate<ReceivedCommand> condition) {
        return with(stub.with(Condition.matching(command -> condition.test(new ReceivedCommand(command)))));
    }

    /**
     * Restricts the stub to commands with these arguments, in addition to those given earlier.
     *
     * <ul>
     *   <li>They may have others, too, and so may objects in them, at any depth. Arrays have to be of one length.
     *   <li>Numbers are compared by value: 100 is 100.0.
     *   <li>If no stub of a command's name answers it, the error says of each why not, and in what the arguments
     *       differ.
     *   <li>What the server's {@linkplain FakeQmpServer#withSchema schema} does not allow among the arguments never
     *       comes, and is refused as soon as the stub is complete.
     * </ul>
     *
     * @param json a JSON object as text, for example <code>{"id": "usb0"}</code>
     * @return the new stub
     * @throws IllegalArgumentException if it is no JSON object
     */
    public CommandStub<S> withArguments(String json) {
        JsonNode wanted = JsonText.read(json);
        if (!wanted.isObject()) {
            throw new IllegalArgumentException("Arguments are a JSON object, not " + json);
        }
        return with(stub.with(Condition.arguments(wanted)));
    }

    /**
     * Allows it to be executed out of band. Without this only those commands can be that QEMU 7.2 to 11.1 allow
     * ({@code yank}, {@code query-yank}, {@code migrate-pause}, {@code migrate-recover}); others are answered with
     * QEMU's error.
     *
     * @return the new stub
     */
    public CommandStub<S> allowOob() {
        return with(stub.withOob());
    }

    /**
     * Answers only some commands; those that come later are answered by what was stubbed before, or by the machine of a
     * {@code FakeVm}: <code>when("device_add").times(1).error("GenericError", "try again")</code>.
     *
     * @param count how many commands, over all connections of a running server
     * @return the new stub
     * @throws IllegalArgumentException if the number is not positive
     */
    public CommandStub<S> times(int count) {
        Checks.positive(count, "count");
        return with(stub.withTimes(count));
    }

    /**
     * {@return the server that answers it with success}
     *
     * @param json the {@code return} member, any JSON value as text
     * @param then those of the calls that follow, one after the other; the last goes on for ever
     * @throws IllegalArgumentException if one is no JSON
     */
    public S reply(String json, String... then) {
        Answer[] rest = Arrays.stream(then).map(Answer::reply).toArray(Answer[]::new);
        return answer(Answer.reply(json), rest);
    }

    /**
     * {@return the server that answers it with success}
     *
     * @param value the {@code return} member; copied
     */
    public S reply(JsonNode value) {
        return answer(Answer.reply(value));
    }

    /**
     * {@return the server that answers it with success, by what was asked}
     *
     * @param value makes the {@code return} member; see {@link Answer#reply(Function)}
     */
    public S reply(Function<ReceivedCommand, JsonNode> value) {
        return answer(Answer.reply(value));
    }

    /**
     * {@return the server that answers it with an error}
     *
     * @param errorClass the {@code class} member, for example {@code "GenericError"}
     * @param description the {@code desc} member
     */
    public S error(String errorClass, String description) {
        return answer(Answer.error(errorClass, description));
    }

    /**
     * Answers as a QEMU that has no such command: CommandNotFound. Without any stub a command is answered like this
     * too, but fails the test when the server is closed.
     *
     * @return the server with this stub
     */
    public S commandNotFound() {
        return server.apply(stub.computing(command -> Response.error(Refusals.notFound(command.name()))));
    }

    /**
     * {@return the server that never answers it; the test may, with {@link FakeConnection#reply(ReceivedCommand,
     * String)}}
     */
    public S silent() {
        return answer(Faults.silence());
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
    public S answer(Answer answer, Answer... then) {
        return server.apply(stub.answering(Stream.concat(Stream.of(answer), Stream.of(then))
                .map(Answer::response)
                .toList()));
    }

    /**
     * {@return the server that answers it in any way, by what was asked and by what happened before}
     *
     * @param answer gives the answer to each call; called on the event loop that all fakes share, so it must not block.
     *     Events that it {@linkplain RunningFakeQmpServer#emit(String) emits} come before the reply, on every
     *     connection. If it throws, whatever that is, or gives null, the command is answered with a GenericError that
     *     says so, and {@link RunningFakeQmpServer#close()} fails with the same
     */
    public S answer(Function<ReceivedCommand, Answer> answer) {
        return server.apply(stub.computing(command -> {
            Answer given = answer.apply(new ReceivedCommand(command));
            return Objects.requireNonNull(given, NO_ANSWER).response();
        }));
    }

    /**
     * {@return the server that answers it when a Mono emits. Commands behind it wait, as on a busy machine, unless they are
     * out of band}
     *
     * @param answer gives the answer, as for {@link #answer(Function)}; cancelled when the connection ends. If it errors or
     *     emits nothing, that is as if it threw
     */
    public S answerLater(Function<ReceivedCommand, Mono<Answer>> answer) {
        return server.apply(stub.computing(command -> {
            Mono<Answer> given = Objects.requireNonNull(answer.apply(new ReceivedCommand(command)), NO_ANSWER);
            return Response.SILENCE.changed(response -> response.later =
                    given.map(Answer::response).switchIfEmpty(Mono.error(() -> new NullPointerException(NO_ANSWER))));
        }));
    }

    private CommandStub<S> with(Stub changed) {
        return new CommandStub<>(server, changed);
    }
}
