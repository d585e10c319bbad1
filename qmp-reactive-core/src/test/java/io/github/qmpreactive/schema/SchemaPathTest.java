package io.github.qmpreactive.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("QmpSchema.supports")
class SchemaPathTest {

    private static final QmpSchema SCHEMA = Schemas.small();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add",
                "GONE",
                "add/arg-type",
                "add/ret-type",
                "GONE/arg-type/id",
                "add/arg-type/kind",
                "add/arg-type/size",
                "add/arg-type/*size",
                "add/arg-type/+raw",
                "add/arg-type/+raw/files",
                "add/arg-type/kind/^raw",
                "add/arg-type/size/!int",
                "del/ret-type/^old",
                "add/arg-type/+raw/files/size",
                "add/arg-type/backing/!string",
                "add/arg-type/backing/!null",
                "add/arg-type/backing/+raw/files/backing/+raw/files/*size/!int",
                "add/arg-type/ *odd/!string",
                "add/arg-type/**odd",
                "add/$json-cli",
                "GONE/$unstable",
                "add/arg-type/$fdset",
                "add/arg-type/backing/$fdset",
                "add/arg-type/kind/^null/$unstable",
                "add/arg-type/size/$deprecated",
                "add/arg-type/*size/$deprecated"
            })
    @DisplayName("is true for what is there, in lists and alternates too")
    void there(String path) {
        assertTrue(SCHEMA.supports(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ad",
                "gone",
                "0",
                "str",
                "nope/arg-type/x",
                "GONE/ret-type",
                "add/arg-type/raw",
                "add/arg-type/files",
                "add/arg-type/*kind",
                "add/arg-type/+kind",
                "add/arg-type/+old",
                "add/arg-type/kind/^old",
                "add/arg-type/^raw",
                "add/arg-type/size/!string",
                "add/arg-type/kind/!string",
                "add/arg-type/!object",
                "add/arg-type/size/x",
                "add/arg-type/+null/files",
                "add/ret-type/x",
                "del/$json-cli",
                "add/arg-type/$unstable",
                "add/arg-type/kind/^raw/$unstable",
                "del/ret-type/^old/$unstable",
                "add/arg-type/kind/$deprecated"
            })
    @DisplayName("is false for what is not there")
    void notThere(String path) {
        assertFalse(SCHEMA.supports(path));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        ~~ | Part 1 of the path "", "", is empty
        /arg-type | Part 1 of the path "/arg-type", "", is empty
        add/ | Part 2 of the path "add/", "", is empty
        add//kind | Part 2 of the path "add//kind", "", is empty
        add/arg-type/* | Part 3 of the path "add/arg-type/*", "*", is empty
        add/arg-type/kind/^ | Part 4 of the path "add/arg-type/kind/^", "^", is empty
        add/kind | Part 2 of the path "add/kind", "kind", has to be arg-type, ret-type or a feature, such as $deprecated
        add/*arg-type | Part 2 of the path "add/*arg-type", "*arg-type", has to be arg-type, ret-type or a feature, such as $deprecated
        add/$json-cli/x | Part 3 of the path "add/$json-cli/x", "x", stands behind $json-cli, which has to be last
        add/arg-type/size/!int/$x | Part 5 of the path "add/arg-type/size/!int/$x", "$x", stands behind !int, which has to be last
        nope/arg-type/x/^raw/y | Part 5 of the path "nope/arg-type/x/^raw/y", "y", stands behind ^raw, which only a feature may follow
        """)
    @DisplayName("refuses a path that no schema can have, and says where it is wrong")
    void malformed(String path, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SCHEMA.supports(path));
        assertEquals(message, e.getMessage());
    }
}
