package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.internal.verify.Steps;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.List;
import java.util.function.Predicate;

/** Verifies that the server replies to a command with an error. Immutable: every method returns a new verifier. */
public final class ExecuteErrorVerifier extends QmpVerifier {

    private final Verification<Object> before;
    private final String errorClass;
    private final String wanted;
    private final Predicate<String> isRight;

    ExecuteErrorVerifier(Verification<Object> before, String errorClass) {
        this(before, errorClass, "", description -> true);
    }

    private ExecuteErrorVerifier(
            Verification<Object> before, String errorClass, String wanted, Predicate<String> isRight) {
        super(before);
        this.before = before;
        this.errorClass = errorClass;
        this.wanted = wanted;
        this.isRight = isRight;
    }

    /**
     * With certain words in its description.
     *
     * @param part a part of it
     * @return the new verifier, which expects all that was said before, too
     */
    public ExecuteErrorVerifier withDescriptionContaining(String part) {
        return with("containing \"" + part + "\"", description -> description.contains(part));
    }

    private ExecuteErrorVerifier with(String condition, Predicate<String> holds) {
        String all = wanted.isEmpty() ? "a description " + condition : wanted + " and " + condition;
        return new ExecuteErrorVerifier(before, errorClass, all, isRight.and(holds));
    }

    @Override
    Verification<?> verification() {
        String name = "the error ExecuteError of class " + errorClass + (wanted.isEmpty() ? "" : " with " + wanted);
        return before.then(Steps.next(Steps.error(name, ExecuteError.class, this::problems)));
    }

    private List<String> problems(ExecuteError error) {
        if (!error.errorClass().equals(errorClass)) {
            return List.of("class: expected \"" + errorClass + "\", but was \"" + error.errorClass() + "\"");
        }
        return isRight.test(error.description())
                ? List.of()
                : List.of("expected " + wanted + ", but was \"" + error.description() + "\"");
    }
}
