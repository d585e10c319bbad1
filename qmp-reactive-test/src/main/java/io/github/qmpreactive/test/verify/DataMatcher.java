package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.test.internal.json.JsonDifferences;
import io.github.qmpreactive.test.internal.json.JsonText;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** What JSON is to be, or to hold: the data of an event, or a reply. Numbers are compared by value: 1, 1L and 1.0 are one. */
public final class DataMatcher {

    private final String name;
    private final Function<JsonNode, List<String>> differences;

    private DataMatcher(String name, Function<JsonNode, List<String>> differences) {
        this.name = name;
        this.differences = differences;
    }

    /**
     * {@return a value at a certain place, no more and no less}
     *
     * @param pointer a JSON pointer, for example {@code /device} or {@code /children/0/name}
     * @param value JSON, or what makes JSON: a string (which is no JSON text here), a number, a map
     * @throws IllegalArgumentException if the pointer is none, or the value cannot be turned into JSON
     */
    public static DataMatcher data(String pointer, Object value) {
        JsonPointer place = compile(pointer);
        JsonNode expected = JsonText.of(value);
        return new DataMatcher(
                pointer + " = " + expected, json -> JsonDifferences.ofWhole(json.at(place), expected, pointer));
    }

    /**
     * {@return something, whatever it is, at a certain place}
     *
     * @param pointer a JSON pointer
     * @throws IllegalArgumentException if the pointer is none
     */
    public static DataMatcher present(String pointer) {
        JsonPointer place = compile(pointer);
        return new DataMatcher(
                "something at " + pointer,
                json -> json.at(place).isMissingNode()
                        ? List.of(pointer + ": expected something, but there is nothing")
                        : List.of());
    }

    /**
     * {@return certain members with certain values, at any depth; there may be others. Arrays have to be of one length}
     *
     * @param json a JSON object as text, for example <code>{"device": "usb0"}</code>
     * @throws IllegalArgumentException if it is no JSON
     * @see io.github.qmpreactive.message.QmpEvent#matching
     */
    public static DataMatcher subTree(String json) {
        JsonNode expected = JsonText.read(json);
        return new DataMatcher("members " + expected, actual -> JsonDifferences.ofPart(actual, expected, ""));
    }

    /** All of it, no more and no less. */
    static DataMatcher exactly(JsonNode expected) {
        return new DataMatcher(expected.toString(), json -> JsonDifferences.ofWhole(json, expected, ""));
    }

    private static JsonPointer compile(String pointer) {
        try {
            return JsonPointer.compile(pointer);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + pointer + "' is no JSON pointer; one begins with a slash, as /device does", e);
        }
    }

    String name() {
        return name;
    }

    List<String> differences(JsonNode json) {
        return differences.apply(json);
    }

    /** For people: what is expected. */
    @Override
    public String toString() {
        return name;
    }
}
