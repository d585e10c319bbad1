package io.github.qmpreactive.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object. It may have further members, which depend on the value of one member, the tag. */
public final class ObjectType implements SchemaType {

    private final String name;
    private final Map<String, SchemaMember> members;
    private final @Nullable String tag;
    private final Map<String, NamedType> variants;
    private final Set<String> features;

    ObjectType(
            String name,
            Map<String, SchemaMember> members,
            @Nullable String tag,
            Map<String, NamedType> variants,
            Set<String> features) {
        this.name = name;
        this.members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        this.tag = tag;
        this.variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
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

    /**
     * The members that it has whatever its tag is.
     *
     * @return the members by name, in the order in which QEMU reads them
     */
    public Map<String, SchemaMember> members() {
        return members;
    }

    /**
     * The member that decides which further members there are.
     *
     * @return its name, which is among {@link #members()}; empty if there are no variants
     */
    public Optional<String> tag() {
        return Optional.ofNullable(tag);
    }

    /**
     * What it has in addition, by the value of the tag.
     *
     * @return object types, whose members stand beside those of this one, by the tag's values, in the schema's order
     */
    public Map<String, ObjectType> variants() {
        Map<String, ObjectType> objects = new LinkedHashMap<>();
        variants.forEach((value, type) -> objects.put(value, type.object()));
        return Collections.unmodifiableMap(objects);
    }

    @Override
    public String toString() {
        return "object with " + members.keySet() + (tag == null ? "" : ", and more by " + tag);
    }
}
