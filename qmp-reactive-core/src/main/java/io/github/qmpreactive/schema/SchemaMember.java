package io.github.qmpreactive.schema;

import java.util.Set;

/** A member of an object. */
public final class SchemaMember {

    private final String name;
    private final NamedType type;
    private final boolean isOptional;
    private final Set<String> features;

    SchemaMember(String name, NamedType type, boolean isOptional, Set<String> features) {
        this.name = name;
        this.type = type;
        this.isOptional = isOptional;
        this.features = features;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return its type} */
    public SchemaType type() {
        return type.type();
    }

    /**
     * Whether it may be absent. What its absence means is not in a schema: QEMU gives {@code null} as the default of
     * every optional member.
     *
     * @return whether it is optional
     */
    public boolean isOptional() {
        return isOptional;
    }

    /** {@return names such as {@code "deprecated"} and {@code "unstable"}} */
    public Set<String> features() {
        return features;
    }

    @Override
    public String toString() {
        return name + (isOptional ? " (optional)" : "");
    }
}
