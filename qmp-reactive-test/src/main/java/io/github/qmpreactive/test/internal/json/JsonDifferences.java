package io.github.qmpreactive.test.internal.json;

import io.github.qmpreactive.message.QmpEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Where JSON is not as it is expected to be, member by member, each with its JSON pointer. */
public final class JsonDifferences {

    private final List<String> found = new ArrayList<>();
    private final boolean exact;

    private JsonDifferences(boolean exact) {
        this.exact = exact;
    }

    /**
     * What JSON lacks of other JSON that it is to hold, by the rules of {@link QmpEvent#matching}: members may be more,
     * arrays have to be of one length, numbers are compared by value.
     *
     * @return a line for each difference; none if the whole holds the part
     */
    public static List<String> ofPart(JsonNode actual, JsonNode part, String at) {
        return new JsonDifferences(false).compare(actual, part, at);
    }

    /**
     * In what JSON differs from other JSON; numbers are compared by value.
     *
     * @return a line for each difference; none if they are equal
     */
    public static List<String> ofWhole(JsonNode actual, JsonNode expected, String at) {
        return new JsonDifferences(true).compare(actual, expected, at);
    }

    private List<String> compare(JsonNode actual, JsonNode expected, String at) {
        visit(actual, expected, at);
        return found;
    }

    private void visit(JsonNode actual, JsonNode expected, String at) {
        if (expected.isObject() && actual.isObject()) {
            members(actual, expected, at);
        } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            for (int i = 0; i < expected.size(); i++) {
                visit(actual.path(i), expected.path(i), at + "/" + i);
            }
        } else if (expected.isArray() && actual.isArray()) {
            add(
                    at,
                    "expected " + elements(expected) + ", but there are " + elements(actual) + ": "
                            + JsonText.excerpt(actual));
        } else if (!isSame(actual, expected)) {
            String expectation =
                    expected.isMissingNode() ? "expected nothing" : "expected " + JsonText.excerpt(expected);
            add(
                    at,
                    expectation + ", but "
                            + (actual.isMissingNode() ? "there is nothing" : "was " + JsonText.excerpt(actual)));
        }
    }

    private void members(JsonNode actual, JsonNode expected, String at) {
        for (var member : expected.properties()) {
            visit(actual.path(member.getKey()), member.getValue(), at + "/" + escaped(member.getKey()));
        }
        if (exact) {
            for (var member : actual.properties()) {
                if (!expected.has(member.getKey())) {
                    visit(member.getValue(), MissingNode.getInstance(), at + "/" + escaped(member.getKey()));
                }
            }
        }
    }

    /** Of values without members, as the client's own filter for events has it. */
    private static boolean isSame(JsonNode actual, JsonNode expected) {
        return QmpEvent.matching("", expected).test(new QmpEvent("", actual, Optional.empty(), actual));
    }

    private void add(String at, String difference) {
        found.add((at.isEmpty() ? "as a whole" : at) + ": " + difference);
    }

    private static String elements(JsonNode array) {
        return array.size() == 1 ? "1 element" : array.size() + " elements";
    }

    private static String escaped(String member) {
        return member.replace("~", "~0").replace("/", "~1");
    }
}
