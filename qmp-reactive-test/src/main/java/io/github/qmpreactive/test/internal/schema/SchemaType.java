package io.github.qmpreactive.test.internal.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A type of the schema. Types may contain each other, so they refer to each other by name. */
public sealed interface SchemaType {

    /**
     * Its name.
     *
     * @return what other types call it; a number for most of them, since introspection hides their names
     */
    String name();

    /**
     * A string, a number and the like.
     *
     * @param jsonType the JSON type of its values; {@code int} for integers, {@code value} for anything
     */
    record Builtin(String name, String jsonType) implements SchemaType {

        /** Whether it is an integer, of a size and a sign that introspection hides. */
        public boolean isInteger() {
            return jsonType.equals("int");
        }
    }

    /** A string out of a list. */
    record Enumeration(String name, List<String> values) implements SchemaType {}

    /** A list. */
    record Array(String name, String elementType) implements SchemaType {}

    /** One of several types, of different JSON each. */
    record Alternate(String name, List<String> branches) implements SchemaType {}

    /**
     * An object, which may have further members that depend on one of its members, the tag.
     *
     * @param name its name
     * @param members its members by their names, in the order in which QEMU visits them
     * @param tag the name of the tag; null if there is none
     * @param variants the name of an object type, whose members come on top, for each value of the tag
     */
    record Struct(
            String name,
            Map<String, Member> members,
            @Nullable String tag,
            Map<String, String> variants) implements SchemaType {}

    /** A member of an object. */
    record Member(String name, String type, boolean isOptional) {}
}
