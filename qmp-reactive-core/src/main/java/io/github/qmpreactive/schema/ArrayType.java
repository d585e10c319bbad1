package io.github.qmpreactive.schema;

import java.util.Set;

/** A list. */
public final class ArrayType implements SchemaType {

    private final String name;
    private final NamedType element;
    private final Set<String> features;

    ArrayType(String name, NamedType element, Set<String> features) {
        this.name = name;
        this.element = element;
        this.features = features;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> features() {
        return features;
    }

    /** {@return the type of its elements} */
    public SchemaType element() {
        return element.type();
    }

    @Override
    public String toString() {
        return "array";
    }
}
