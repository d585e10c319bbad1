package io.github.qmpreactive.test.internal.schema;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What introspection tells of a builtin type: its JSON. */
public enum BuiltinKind {
    /** A string. */
    STRING("string", JsonKind.STRING),
    /** Any number. */
    NUMBER("number", JsonKind.NUMBER),
    /** An integer, of a size and a sign that introspection hides. */
    INT("int", JsonKind.NUMBER),
    /** True or false. */
    BOOLEAN("boolean", JsonKind.BOOLEAN),
    /** Null. */
    NULL("null", JsonKind.NULL),
    /** Anything. */
    VALUE("value", null);

    private final String jsonType;
    private final @Nullable JsonKind json;

    BuiltinKind(String jsonType, @Nullable JsonKind json) {
        this.jsonType = jsonType;
        this.json = json;
    }

    /**
     * The kind of a {@code json-type}.
     *
     * @return the kind; empty if there is none
     */
    static Optional<BuiltinKind> of(String jsonType) {
        return Arrays.stream(values())
                .filter(kind -> kind.jsonType.equals(jsonType))
                .findFirst();
    }

    boolean accepts(JsonKind kind) {
        return json == null || json == kind;
    }

    String jsonType() {
        return jsonType;
    }
}
