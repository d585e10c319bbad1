package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Steps;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Signal;
import tools.jackson.databind.JsonNode;

/** Verifies a reply. Immutable: every method returns a new verifier, which expects more of the same reply. */
public final class ReplyVerifier extends QmpVerifier {

    private final Verification<Object> before;
    private final List<DataMatcher> matchers;

    ReplyVerifier(Verification<Object> before, List<DataMatcher> matchers) {
        super(before);
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
        List<DataMatcher> more = new ArrayList<>(matchers);
        more.add(matcher);
        return new ReplyVerifier(before, List.copyOf(more));
    }

    @Override
    Verification<?> verification() {
        String name = "a reply with "
                + String.join(", ", matchers.stream().map(DataMatcher::name).toList());
        return before.then(Steps.next(new Expectation<>(name, this::problems))).then(Steps.next(Steps.completion()));
    }

    private List<String> problems(Signal<Object> signal) {
        if (!signal.isOnNext()) {
            return Expectation.NOT_AT_ALL;
        }
        JsonNode reply = JsonText.of(Objects.requireNonNull(signal.get()));
        return matchers.stream()
                .flatMap(matcher -> matcher.differences(reply).stream())
                .toList();
    }
}
