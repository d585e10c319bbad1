package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that the session ended before the reply to a command came. Immutable: every method returns a new verifier.
 */
public final class InterruptedVerifier extends QmpVerifier {

    private final Verification<Object> before;
    private final @Nullable Class<? extends Throwable> cause;
    private final @Nullable Boolean written;

    InterruptedVerifier(
            Verification<Object> before, @Nullable Class<? extends Throwable> cause, @Nullable Boolean written) {
        super(before.next(expected(cause, written)));
        this.before = before;
        this.cause = cause;
        this.written = written;
    }

    /**
     * By a certain error, for example {@code ConnectionLostError.class}.
     *
     * @param type the class of the cause or one above
     * @return the new verifier
     */
    public InterruptedVerifier withCause(Class<? extends Throwable> type) {
        return new InterruptedVerifier(before, type, written);
    }

    /** {@return a verifier that expects that the command was written: what became of it is unknown} */
    public InterruptedVerifier written() {
        return new InterruptedVerifier(before, cause, true);
    }

    /** {@return a verifier that expects that the command was not written: it certainly was not sent} */
    public InterruptedVerifier notWritten() {
        return new InterruptedVerifier(before, cause, false);
    }

    private static Expectation<Object> expected(@Nullable Class<? extends Throwable> cause, @Nullable Boolean written) {
        StringBuilder name = new StringBuilder("the error ExecInterruptedError");
        if (cause != null) {
            name.append(" with the cause ").append(cause.getSimpleName());
        }
        if (written != null) {
            name.append(written ? ", after it was written" : ", before it was written");
        }
        return Expectation.error(name.toString(), ExecInterruptedError.class, error -> {
            List<String> problems = new ArrayList<>();
            Throwable actual = error.getCause();
            if (cause != null && !cause.isInstance(actual)) {
                String came = actual == null ? "none" : actual.getClass().getSimpleName() + ": " + actual.getMessage();
                problems.add("cause: expected " + cause.getSimpleName() + ", but was " + came);
            }
            if (written != null && written != error.isWritten()) {
                problems.add("written: expected that it was" + (written ? ", but it was not" : " not, but it was"));
            }
            return problems;
        });
    }
}
