package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that the session ended before the reply to a command came. Immutable: every method returns a new verifier.
 */
public final class InterruptedVerifier extends QmpVerifier {

    private final Verification<Object> before;

    InterruptedVerifier(Verification<Object> before, @Nullable Class<? extends Throwable> cause) {
        super(before.next(expected(cause)));
        this.before = before;
    }

    /**
     * By a certain error, for example {@code ConnectionLostError.class}.
     *
     * @param type the class of the cause or one above
     * @return the new verifier
     */
    public QmpVerifier withCause(Class<? extends Throwable> type) {
        return new InterruptedVerifier(before, type);
    }

    private static Expectation<Object> expected(@Nullable Class<? extends Throwable> cause) {
        String name =
                "the error ExecInterruptedError" + (cause == null ? "" : " with the cause " + cause.getSimpleName());
        return Expectation.error(name, ExecInterruptedError.class, error -> {
            Throwable actual = error.getCause();
            if (cause == null || cause.isInstance(actual)) {
                return List.of();
            }
            String came = actual == null ? "none" : actual.getClass().getSimpleName() + ": " + actual.getMessage();
            return List.of("cause: expected " + cause.getSimpleName() + ", but was " + came);
        });
    }
}
