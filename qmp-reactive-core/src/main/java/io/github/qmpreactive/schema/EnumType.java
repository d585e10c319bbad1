package io.github.qmpreactive.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A string out of a list. QEMU of another version may have more values, or fewer. */
public final class EnumType implements SchemaType {

    private final String name;
    private final Map<String, Set<String>> values;
    private final Set<String> features;

    EnumType(String name, Map<String, Set<String>> values, Set<String> features) {
        this.name = name;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
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

    /** {@return the values, in the schema's order} */
    public Set<String> values() {
        return values.keySet();
    }

    /**
     * Returns the features of a value.
     *
     * @param value the value
     * @return names such as {@code "deprecated"} and {@code "unstable"}; none if there is no such value, and before
     *     QEMU 6.2, which does not tell them
     */
    public Set<String> features(String value) {
        return values.getOrDefault(value, Set.of());
    }

    @Override
    public String toString() {
        return "enum of " + values.size() + " values";
    }
}
