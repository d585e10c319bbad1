package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Verifies a reply. Immutable: every method returns a new verifier, which expects more of the same reply. */
public final class ReplyVerifier extends QmpVerifier {

    private final Verification<Object> before;
    private final List<DataMatcher> matchers;

    ReplyVerifier(Verification<Object> before, List<DataMatcher> matchers) {
        super(before.next(expected(matchers)).next(Expectation.completion()));
        this.before = before;
        this.matchers = matchers;
    }

    /**
     * {@return a verifier that expects that the reply has a certain value at a certain place, too}
     *
     * @param pointer a JSON pointer
     * @param value the value; a string is no JSON text here
     * @throws IllegalArgumentException if the pointer is none, or the value cannot be turned into JSON
     */
    public ReplyVerifier expectReplyAt(String pointer, Object value) {
        return expectReply(DataMatcher.data(pointer, value));
    }

    /**
     * {@return a verifier that expects that the reply fulfils something, too}
     *
     * @param matcher what
     */
    public ReplyVerifier expectReply(DataMatcher matcher) {
        return new ReplyVerifier(
                before, Stream.concat(matchers.stream(), Stream.of(matcher)).toList());
    }

    private static Expectation<Object> expected(List<DataMatcher> matchers) {
        String name = "a reply with " + matchers.stream().map(DataMatcher::name).collect(Collectors.joining(", "));
        return new Expectation<>(name, signal -> {
            if (!signal.isOnNext()) {
                return Expectation.NOT_AT_ALL;
            }
            JsonNode reply = JsonText.of(Objects.requireNonNull(signal.get()));
            return matchers.stream()
                    .flatMap(matcher -> matcher.differences(reply).stream())
                    .toList();
        });
    }
}
