package io.github.qmpreactive.test.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Differences of JSON")
class JsonDifferencesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | 1.0",
                "18446744073709551615 | 18446744073709551615",
                "{\"a\": [1, {\"b\": null}]} | {\"a\": [1.0, {\"b\": null}]}",
                "{\"a\": 1, \"b\": 2} | {\"b\": 2, \"a\": 1}",
                "[] | []",
                "\"x\" | \"x\""
            })
    @DisplayName("There are none of values that are equal as values")
    void equal(String actual, String expected) {
        assertEquals(List.of(), whole(actual, expected));
        assertEquals(List.of(), part(actual, expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | 2 | as a whole: expected 2, but was 1",
                "1 | \"1\" | as a whole: expected \"1\", but was 1",
                "{\"a\": null} | {\"a\": {}} | /a: expected {}, but was null",
                "{} | {\"a\": null} | /a: expected null, but there is nothing",
                "{\"a\": [1]} | {\"a\": {\"0\": 1}} | /a: expected {\"0\":1}, but was [1]",
                "{\"~/\": [true]} | {\"~/\": [false]} | /~0~1/0: expected false, but was true",
                "[1, 2] | [1] | as a whole: expected 1 element, but there are 2 elements: [1,2]"
            })
    @DisplayName("They are told with their place, in whole and in part")
    void different(String actual, String expected, String difference) {
        assertEquals(List.of(difference), whole(actual, expected));
        assertEquals(List.of(difference), part(actual, expected));
    }

    @Test
    @DisplayName("What is there without being expected is one in whole only")
    void more() {
        assertEquals(List.of(), part("{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 1}}"));
        assertEquals(
                List.of("/a/c: expected nothing, but was 2"),
                whole("{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 1}}"));
    }

    @Test
    @DisplayName("Long values are cut")
    void cut() {
        String difference = whole("\"" + "x".repeat(10_000) + "\"", "1").get(0);
        assertEquals("as a whole: expected 1, but was \"" + "x".repeat(199) + "...", difference);
    }

    private static List<String> whole(String actual, String expected) {
        return JsonDifferences.ofWhole(JsonText.read(actual), JsonText.read(expected), "");
    }

    private static List<String> part(String actual, String expected) {
        return JsonDifferences.ofPart(JsonText.read(actual), JsonText.read(expected), "");
    }
}
