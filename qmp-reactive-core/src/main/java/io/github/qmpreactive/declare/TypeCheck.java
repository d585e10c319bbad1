package io.github.qmpreactive.declare;

import io.github.qmpreactive.declare.CommandFinding.Kind;
import io.github.qmpreactive.declare.JavaTypes.Branches;
import io.github.qmpreactive.declare.JavaTypes.Property;
import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/** Holds types of Java against those of a schema: all that is in arguments, or in a result. */
final class TypeCheck {

    /** Types contain themselves, on both sides. */
    private record Pair(JavaType java, SchemaType schema) {}

    private final JavaTypes types;
    private final Findings findings;
    private final Set<Pair> seen;
    private final CheckBudget budget;

    TypeCheck(JavaTypes types, Findings findings) {
        this(types, findings, new HashSet<>(), new CheckBudget());
    }

    private TypeCheck(JavaTypes types, Findings findings, Set<Pair> seen, CheckBudget budget) {
        this.types = types;
        this.findings = findings;
        this.seen = seen;
        this.budget = budget;
    }

    /** Holds a type against the schema's. */
    void check(String path, JavaType declared, SchemaType schema) {
        JavaType java = JavaTypes.content(declared);
        JavaTypes.Kind kind = types.kindOf(java);
        if (kind == JavaTypes.Kind.ANYTHING || !seen.add(new Pair(java, schema))) {
            return;
        }
        budget.descend();
        compare(path, java, kind, schema);
        budget.ascend();
    }

    private void compare(String path, JavaType java, JavaTypes.Kind kind, SchemaType schema) {
        if (schema instanceof AlternateType) {
            anyOf(path, java, List.of(schema));
        } else if (!fits(kind, schema)) {
            misfit(path, java, List.of(schema));
        } else if (schema instanceof ArrayType array) {
            check(path + "[]", java.getContentType(), array.element());
        } else if (schema instanceof EnumType values && kind == JavaTypes.Kind.ENUM && types.sends()) {
            constants(path, types.values(java), values);
        } else if (schema instanceof ObjectType object && kind == JavaTypes.Kind.OBJECT) {
            members(path, types.properties(java), object, everyVariant(object), false);
        } else if (schema instanceof ObjectType object && kind == JavaTypes.Kind.UNION) {
            branches(path, Objects.requireNonNull(types.branches(java)), object);
        }
    }

    private void misfit(String path, JavaType java, Collection<SchemaType> schema) {
        findings.add(
                types.sends() ? Kind.ARGUMENT_TYPE : Kind.RESULT_TYPE,
                path,
                subject(path) + " is " + JsonKinds.describe(schema) + ", the method declares " + java.toCanonical());
    }

    /** It is enough that one of them fits. */
    private void anyOf(String path, JavaType declared, List<SchemaType> schemas) {
        JavaTypes.Kind kind = types.kindOf(JavaTypes.content(declared));
        Set<SchemaType> candidates = JsonKinds.branches(schemas);
        budget.spend(candidates.size());
        List<SchemaType> fitting =
                candidates.stream().filter(type -> fits(kind, type)).toList();
        if (fitting.isEmpty()) {
            misfit(path, declared, candidates);
            return;
        }
        // One that is alone is not tried apart: what is recursive would be tried again and again.
        for (SchemaType candidate : fitting.subList(0, fitting.size() - 1)) {
            Findings attempt = findings.attempt();
            budget.spend(seen.size());
            new TypeCheck(types, attempt, new HashSet<>(seen), budget).check(path, declared, candidate);
            if (attempt.isFit()) {
                findings.addAll(attempt);
                return;
            }
        }
        check(path, declared, fitting.get(fitting.size() - 1));
    }

    /**
     * Holds properties against the members of an object.
     *
     * @param further members that it has beside those of its own, by name: one for each variant
     * @param isOpen whether it takes more than the schema has
     */
    void members(
            String path,
            Collection<Property> properties,
            ObjectType object,
            Map<String, List<SchemaMember>> further,
            boolean isOpen) {
        Map<String, List<SchemaMember>> known = new LinkedHashMap<>(further);
        object.members().forEach((name, member) -> known.put(name, List.of(member)));
        budget.spend(known.size() + properties.size());
        Set<String> given = new HashSet<>();
        for (Property property : properties) {
            String name = property.names().stream()
                    .filter(known::containsKey)
                    .findFirst()
                    .orElse(property.names().iterator().next());
            given.add(name);
            List<SchemaMember> candidates = known.getOrDefault(name, List.of());
            String at = at(path, name);
            if (candidates.isEmpty()) {
                if (!isOpen) {
                    unknown(at, name, known.keySet());
                }
                continue;
            }
            if (candidates.size() == 1) {
                findings.note(candidates.get(0).features(), at, subject(at));
            }
            anyOf(
                    at,
                    property.type(),
                    candidates.stream().map(SchemaMember::type).toList());
        }
        if (types.sends()) {
            required(path, given, object);
        }
    }

    private void unknown(String at, String name, Set<String> known) {
        String other = QapiNames.snake(name);
        String hint = known.contains(other) && !other.equals(name) ? "; it has " + other : "";
        findings.add(
                types.sends() ? Kind.UNKNOWN_ARGUMENT : Kind.UNKNOWN_RESULT,
                at,
                subject(at) + " is not in the schema" + hint);
    }

    private void branches(String path, Branches branches, ObjectType object) {
        boolean isTag = object.tag().filter(branches.tag()::equals).isPresent();
        Map<String, ObjectType> variants = isTag ? object.variants() : Map.of();
        SchemaMember tag = object.members().get(branches.tag());
        if (types.sends() && tag != null && tag.type() instanceof EnumType values) {
            constants(at(path, branches.tag()), branches.types().keySet(), values);
        }
        branches.types().forEach((value, type) -> {
            if (tag != null
                    && tag.type() instanceof EnumType values
                    && !values.values().contains(value)) {
                return;
            }
            if (!types.isPlain(type)) {
                return;
            }
            List<Property> properties = new ArrayList<>(types.properties(type));
            if (properties.stream().noneMatch(property -> property.names().contains(branches.tag()))) {
                properties.add(new Property(Set.of(branches.tag()), TypeFactory.unknownType()));
            }
            String at = path + "[" + branches.tag() + "=" + value + "]";
            ObjectType variant = variants.get(value);
            members(at, properties, object, further(isTag, variant, object), false);
            if (variant != null && types.sends()) {
                Set<String> given = new HashSet<>();
                properties.forEach(property -> given.addAll(property.names()));
                required(at, given, variant);
            }
        });
    }

    private Map<String, List<SchemaMember>> further(boolean isTag, @Nullable ObjectType variant, ObjectType object) {
        return variant != null ? everyMember(variant) : isTag ? Map.of() : everyVariant(object);
    }

    private void required(String path, Set<String> given, ObjectType object) {
        for (SchemaMember member : object.members().values()) {
            if (!member.isOptional() && !given.contains(member.name())) {
                String at = at(path, member.name());
                findings.add(Kind.MISSING_ARGUMENT, at, subject(at) + " is required, the method does not have it");
            }
        }
    }

    private static String at(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void constants(String path, Set<String> sent, EnumType schema) {
        Set<String> unknown = new TreeSet<>(sent);
        unknown.removeAll(schema.values());
        if (!unknown.isEmpty()) {
            findings.add(Kind.UNKNOWN_VALUE, path, subject(path) + " has no value " + String.join(", ", unknown));
        }
        for (String value : sent) {
            findings.note(schema.features(value), path, "the value " + value + " of " + subject(path));
        }
    }

    private Map<String, List<SchemaMember>> everyMember(ObjectType object) {
        Map<String, List<SchemaMember>> members = everyVariant(object);
        object.members().forEach((name, member) -> members.put(name, List.of(member)));
        return members;
    }

    /** The members of all variants, and of their variants, by name. */
    Map<String, List<SchemaMember>> everyVariant(ObjectType object) {
        Map<String, List<SchemaMember>> members = new HashMap<>();
        Set<ObjectType> walked = new HashSet<>();
        Deque<ObjectType> left = new ArrayDeque<>(object.variants().values());
        while (!left.isEmpty()) {
            ObjectType variant = left.removeFirst();
            if (walked.add(variant)) {
                budget.spend(1 + variant.members().size());
                variant.members().forEach((name, member) -> members.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(member));
                left.addAll(variant.variants().values());
            }
        }
        return members;
    }

    private boolean fits(JavaTypes.Kind kind, SchemaType schema) {
        return types.sends() ? JsonKinds.canBeSent(kind, schema) : JsonKinds.canBeRead(kind, schema);
    }

    private String subject(String path) {
        if (types.sends()) {
            return path.isEmpty() ? "the object of all arguments" : "the argument " + path;
        }
        return path.isEmpty() ? "the result" : "the member " + path + " of the result";
    }
}
