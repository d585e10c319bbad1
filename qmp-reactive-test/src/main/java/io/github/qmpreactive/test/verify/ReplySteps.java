package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Step;
import io.github.qmpreactive.test.internal.verify.Steps;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.time.Duration;
import java.util.List;

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
        return expectReply(JsonText.read(json));
    }

    /**
     * {@return what verifies that the command succeeds, and returns a certain value, no more and no less}
     *
     * @param value JSON, a map, a record or a bean
     * @throws IllegalArgumentException if it cannot be turned into JSON
     */
    public ReplyVerifier expectReply(Object value) {
        return expectReply(DataMatcher.exactly(JsonText.of(value)));
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
     * The server replies with an error.
     *
     * @param errorClass the class of its error, for example {@code "GenericError"}
     * @return the verifier; more may be expected of the error
     */
    public ExecuteErrorVerifier expectExecuteError(String errorClass) {
        return new ExecuteErrorVerifier(verification, errorClass);
    }

    /** {@return what verifies that the session ends before the reply comes; more may be expected of the error} */
    public InterruptedVerifier expectInterrupted() {
        return new InterruptedVerifier(verification);
    }

    /**
     * {@return what verifies that the call fails}
     *
     * @param type the class of its error or one above, for example {@code StateError.class}
     */
    public QmpVerifier expectError(Class<? extends Throwable> type) {
        return end(Steps.error("the error " + type.getSimpleName(), type, error -> List.of()));
    }

    /** {@return what verifies that the call succeeds and returns nothing, as {@code quit()} does} */
    public QmpVerifier expectComplete() {
        return end(Steps.completion());
    }

    /**
     * {@return these steps, and then nothing comes for some time, neither a reply nor an error}
     *
     * @param duration the time; real time is waited for, and counts for the timeout
     */
    public ReplySteps expectNoReply(Duration duration) {
        return with(Steps.nothing(duration, "no reply"));
    }

    /**
     * Runs a task after the call was subscribed to, on the thread that verifies. An exception from it fails the
     * verification.
     *
     * @param task what is done
     * @return the new steps
     */
    public ReplySteps then(Runnable task) {
        return with(Steps.run(task));
    }

    /**
     * Lets time pass.
     *
     * @param duration the time; real time unless time is virtual
     * @return the new steps
     */
    public ReplySteps thenAwait(Duration duration) {
        return with(Steps.await(duration));
    }

    private ReplySteps with(Step<Object> step) {
        return new ReplySteps(verification.then(step));
    }

    private QmpVerifier end(Expectation<Object> expected) {
        return new QmpVerifier(verification.then(Steps.next(expected)));
    }
}
