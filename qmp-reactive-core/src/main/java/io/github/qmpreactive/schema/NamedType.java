package io.github.qmpreactive.schema;

import java.util.Map;
import java.util.Objects;

/**
 * A type by its name, since types may contain each other. It is looked up when it is asked for; {@link SchemaReader} has
 * checked that it is there.
 */
record NamedType(String name, Map<String, SchemaType> types) {

    SchemaType type() {
        return Objects.requireNonNull(types.get(name), name);
    }

    ObjectType object() {
        return (ObjectType) type();
    }

    @Override
    public String toString() {
        return name;
    }
}
