package io.github.qmpreactive.schema;

import java.util.Set;

/** A command. */
public final class SchemaCommand {

    private final String name;
    private final NamedType arguments;
    private final NamedType result;
    private final boolean allowsOob;
    private final Set<String> features;

    SchemaCommand(String name, NamedType arguments, NamedType result, boolean allowsOob, Set<String> features) {
        this.name = name;
        this.arguments = arguments;
        this.result = result;
        this.allowsOob = allowsOob;
        this.features = features;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /**
     * The object that its arguments make.
     *
     * @return an object type; one without members if it takes none. {@code device_add} takes more than the schema lists: the
     *     properties of the device, which {@code device-list-properties} lists
     */
    public ObjectType arguments() {
        return arguments.object();
    }

    /** {@return the type of what it returns; an object without members if it returns no data} */
    public SchemaType result() {
        return result.type();
    }

    /** {@return whether it may be executed out of band} */
    public boolean allowsOob() {
        return allowsOob;
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
