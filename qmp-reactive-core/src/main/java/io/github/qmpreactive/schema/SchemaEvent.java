package io.github.qmpreactive.schema;

import java.util.Set;

/** An event. */
public final class SchemaEvent {

    private final String name;
    private final NamedType data;
    private final Set<String> features;

    SchemaEvent(String name, NamedType data, Set<String> features) {
        this.name = name;
        this.data = data;
        this.features = features;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return the type of its data; an object without members if it has none} */
    public ObjectType data() {
        return data.object();
    }

    /** {@return names such as {@code "deprecated"} and {@code "unstable"}} */
    public Set<String> features() {
        return features;
    }

    @Override
    public String toString() {
        return name;
    }
}
