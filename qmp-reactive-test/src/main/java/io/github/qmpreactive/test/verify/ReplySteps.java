package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** What is expected of one call. Immutable: every method returns something new. */
public final class ReplySteps {

    private final Verification<Object> verification;

    ReplySteps(Verification<Object> verification) {
        this.verification = verification;
    }

    /**
     * {@return what verifies that the command succeeds, and returns a certain value, no more and no less}
     *
     * @param json the {@code return} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public ReplyVerifier expectReply(String json) {
        return expectReply(DataMatcher.exactly(JsonText.read(json)));
    }

    /**
     * {@return what verifies that the command succeeds, and what it returns has a certain value at a certain place.
     * More may be expected of the same reply: {@code expectReplyAt("/status", "running").expectReplyAt("/running",
     * true)}}
     *
     * @param pointer a JSON pointer
     * @param value the value; a string is no JSON text here
     * @throws IllegalArgumentException if the pointer is none, or the value cannot be turned into JSON
     */
    public ReplyVerifier expectReplyAt(String pointer, Object value) {
        return expectReply(DataMatcher.data(pointer, value));
    }

    /**
     * {@return what verifies that the command succeeds, and what it returns fulfils something}
     *
     * @param matcher what
     */
    public ReplyVerifier expectReply(DataMatcher matcher) {
        return new ReplyVerifier(verification, List.of(matcher));
    }

    /**
     * {@return what verifies that the server replies with an error; more may be expected of it}
     *
     * @param errorClass the class of the error, for example {@code "GenericError"}
     */
    public ErrorVerifier expectExecuteError(String errorClass) {
        return failure(
                " of class " + errorClass,
                ExecuteError.class,
                error -> error.errorClass().equals(errorClass)
                        ? List.of()
                        : List.of("class: expected \"" + errorClass + "\", but was \"" + error.errorClass() + "\""));
    }

    /** {@return what verifies that the session ends before the reply comes; more may be expected of the error} */
    public ErrorVerifier expectInterrupted() {
        return expectError(ExecInterruptedError.class);
    }

    /**
     * {@return what verifies that the call fails; more may be expected of the error}
     *
     * @param type the class of its error or one above, for example {@code StateError.class}
     */
    public ErrorVerifier expectError(Class<? extends Throwable> type) {
        return failure("", type, error -> List.of());
    }

    /** {@return what verifies that the call succeeds and returns nothing, as {@code quit()} does} */
    public QmpVerifier expectComplete() {
        return new QmpVerifier(verification.next(Expectation.completion()));
    }

    /**
     * {@return these steps, and then a task is run on the thread that verifies; its exception fails the verification}
     *
     * @param task the task
     */
    public ReplySteps then(Runnable task) {
        return new ReplySteps(verification.run(task));
    }

    /**
     * {@return these steps, and then time passes, whatever comes}
     *
     * @param duration the time; real time unless time is virtual
     */
    public ReplySteps thenAwait(Duration duration) {
        return new ReplySteps(verification.await(duration));
    }

    private <E extends Throwable> ErrorVerifier failure(
            String more, Class<E> type, Function<E, List<String>> problems) {
        String name = "the error " + type.getSimpleName() + more;
        return new ErrorVerifier(verification, Expectation.error(name, type, problems));
    }
}
