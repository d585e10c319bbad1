package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.List;

/** Verifies that a call fails. Immutable: every method returns a new verifier, which expects more of the same error. */
public final class ErrorVerifier extends QmpVerifier {

    private final Verification<Object> before;
    private final Expectation<Object> expected;

    ErrorVerifier(Verification<Object> before, Expectation<Object> expected) {
        super(before.next(expected));
        this.before = before;
        this.expected = expected;
    }

    /**
     * Expects certain words in the description of the error.
     *
     * @param part a part of it: of the server's words if it is an {@link ExecuteError}, else of the message
     * @return the new verifier
     */
    public ErrorVerifier withDescriptionContaining(String part) {
        String wanted = "a description containing \"" + part + "\"";
        return new ErrorVerifier(before, expected.and(", with " + wanted, error -> {
            String description =
                    error instanceof ExecuteError said ? said.description() : String.valueOf(error.getMessage());
            return description.contains(part)
                    ? List.of()
                    : List.of("expected " + wanted + ", but was \"" + description + "\"");
        }));
    }

    /**
     * Expects a certain error as the cause, for example {@code ConnectionLostError.class}.
     *
     * @param type the class of the cause or one above
     * @return the new verifier
     */
    public ErrorVerifier withCause(Class<? extends Throwable> type) {
        return new ErrorVerifier(before, expected.and(", with the cause " + type.getSimpleName(), error -> {
            Throwable cause = error.getCause();
            String came = cause == null ? "none" : cause.getClass().getSimpleName() + ": " + cause.getMessage();
            return type.isInstance(cause)
                    ? List.of()
                    : List.of("cause: expected " + type.getSimpleName() + ", but was " + came);
        }));
    }
}
