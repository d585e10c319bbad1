package io.github.qmpreactive.schema;

import java.util.List;
import java.util.Set;

/** One of several types, of different JSON each: for example the name of a node, or the description of a new one. */
public final class AlternateType implements SchemaType {

    private final String name;
    private final List<NamedType> branches;
    private final Set<String> features;

    AlternateType(String name, List<NamedType> branches, Set<String> features) {
        this.name = name;
        this.branches = List.copyOf(branches);
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

    /** {@return the types that a value may have, in the schema's order} */
    public List<SchemaType> branches() {
        return branches.stream().map(NamedType::type).toList();
    }

    @Override
    public String toString() {
        return "alternate of " + branches.size() + " types";
    }
}
