package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Verifies that the server replies to a command with an error. Immutable: every method returns a new verifier. */
public final class ExecuteErrorVerifier extends QmpVerifier {

    private final Verification<Object> before;
    private final String errorClass;
    private final List<String> parts;

    ExecuteErrorVerifier(Verification<Object> before, String errorClass, List<String> parts) {
        super(before.next(expected(errorClass, parts)));
        this.before = before;
        this.errorClass = errorClass;
        this.parts = parts;
    }

    /**
     * With certain words in its description.
     *
     * @param part a part of it
     * @return the new verifier, which expects all that was said before, too
     */
    public ExecuteErrorVerifier withDescriptionContaining(String part) {
        List<String> more = Stream.concat(parts.stream(), Stream.of(part)).toList();
        return new ExecuteErrorVerifier(before, errorClass, more);
    }

    private static Expectation<Object> expected(String errorClass, List<String> parts) {
        String wanted = parts.stream()
                .map(part -> "containing \"" + part + "\"")
                .collect(Collectors.joining(" and ", "a description ", ""));
        String name = "the error ExecuteError of class " + errorClass + (parts.isEmpty() ? "" : " with " + wanted);
        return Expectation.error(name, ExecuteError.class, error -> {
            if (!error.errorClass().equals(errorClass)) {
                return List.of("class: expected \"" + errorClass + "\", but was \"" + error.errorClass() + "\"");
            }
            return parts.stream().allMatch(error.description()::contains)
                    ? List.of()
                    : List.of("expected " + wanted + ", but was \"" + error.description() + "\"");
        });
    }
}
