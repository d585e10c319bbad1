package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.QmpSchema;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a real QEMU what introspection does not tell, by commands that it refuses: with a member on top that no command
 * has, so that nothing runs whatever becomes of the rest.
 */
final class HiddenTypesProbe {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String NO_MEMBER = "no-such-member";
    private static final JsonNode MAX_INT64 = NODES.numberNode(Long.MAX_VALUE);
    private static final JsonNode MAX_UINT64 =
            NODES.numberNode(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));
    private static final Pattern WRONG_TYPE = Pattern.compile("Invalid parameter type for '.*', expected: (\\w+)");
    private static final Pattern OUT_OF_RANGE = Pattern.compile("Parameter '.*' expects (\\w+)");

    private final QmpSession session;

    HiddenTypesProbe(QmpSession session) {
        this.session = session;
    }

    /** A line for each place: the way there, a colon, and what is there. */
    Flux<String> lines(QmpSchema schema) {
        List<HiddenPlaces.Place> places = HiddenPlaces.in(schema);
        return Flux.fromIterable(places)
                .concatMap(place -> nameAt(place).map(name -> place.path() + ": " + name))
                .sort();
    }

    private Mono<String> nameAt(HiddenPlaces.Place place) {
        if (place.type() instanceof AlternateType) {
            return errorAt(place, NODES.numberNode(1)).map(error -> group(WRONG_TYPE, error));
        }
        return errorAt(place, NODES.stringNode("1")).flatMap(error -> {
            boolean signed = WRONG_TYPE.matcher(error).matches();
            return errorAt(place, signed ? MAX_INT64 : MAX_UINT64)
                    .map(narrow -> narrow.endsWith(NO_MEMBER + "' is unexpected")
                            ? (signed ? "int64" : "uint64")
                            : group(OUT_OF_RANGE, narrow));
        });
    }

    private Mono<String> errorAt(HiddenPlaces.Place place, JsonNode value) {
        ObjectNode arguments = ((ObjectNode) place.arguments().apply(value).deepCopy()).put(NO_MEMBER, 0);
        return session.execute(QmpCommand.of(place.path().split(" ", 2)[0]).arguments(arguments))
                .flatMap(result ->
                        Mono.<String>error(new IllegalStateException(place.path() + " was not refused: " + result)))
                .onErrorResume(ExecuteError.class, e -> Mono.just(e.description()));
    }

    private static String group(Pattern pattern, String error) {
        Matcher matcher = pattern.matcher(error);
        if (!matcher.matches()) {
            throw new IllegalStateException("Not " + pattern + ": " + error);
        }
        return matcher.group(1);
    }
}
