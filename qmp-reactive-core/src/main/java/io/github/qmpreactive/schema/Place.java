package io.github.qmpreactive.schema;

import io.github.qmpreactive.schema.SchemaPath.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A place in a schema that paths lead to.
 *
 * @param known steps from here that are no steps into a type: into arguments and results, and to features
 * @param types the types that a value may have here; several only where paths do not tell them apart
 */
record Place(Map<Step, Place> known, List<SchemaType> types) {

    private static final Place END = new Place(Map.of(), List.of());

    /** The place of a command or an event; empty if there is none of this name. */
    static Optional<Place> of(QmpSchema schema, String name) {
        return schema.command(name)
                .map(command -> entry(
                        Map.of(SchemaPath.ARGUMENTS, command.arguments(), SchemaPath.RESULT, command.result()),
                        command.features()))
                .or(() -> schema.event(name)
                        .map(event -> entry(Map.of(SchemaPath.ARGUMENTS, event.data()), event.features())));
    }

    private static Place entry(Map<String, SchemaType> types, Set<String> features) {
        Map<Step, Place> known = features(features);
        types.forEach((name, type) -> known.put(new Step(Step.MEMBER, name), new Place(Map.of(), List.of(type))));
        return new Place(known, List.of());
    }

    private static Map<Step, Place> features(Set<String> features) {
        Map<Step, Place> steps = new LinkedHashMap<>();
        features.forEach(feature -> steps.put(new Step(Step.FEATURE, feature), END));
        return steps;
    }

    /** The steps that lead on from here, and where each leads to. */
    Map<Step, Place> steps() {
        return steps(flat());
    }

    /** As {@link #steps()}, of some of the types that are here. */
    Map<Step, Place> steps(Set<SchemaType> flat) {
        Map<Step, Place> steps = new LinkedHashMap<>(known);
        Map<Step, List<SchemaMember>> members = new LinkedHashMap<>();
        for (SchemaType type : flat) {
            steps.putAll(features(type.features()));
            if (type instanceof BuiltinType builtin) {
                steps.put(new Step(Step.TYPE, builtin.jsonType()), END);
            } else if (type instanceof EnumType values) {
                values.values()
                        .forEach(value -> steps.put(
                                new Step(Step.VALUE, value), new Place(features(values.features(value)), List.of())));
            } else if (type instanceof ObjectType object) {
                object.members().values().forEach(member -> add(members, member));
                object.variants()
                        .forEach((name, variant) ->
                                steps.put(new Step(Step.CASE, name), new Place(Map.of(), List.of(variant))));
            }
        }
        members.forEach((step, same) -> steps.put(step, of(same)));
        return steps;
    }

    private static void add(Map<Step, List<SchemaMember>> members, SchemaMember member) {
        members.computeIfAbsent(new Step(Step.MEMBER, member.name()), step -> new ArrayList<>())
                .add(member);
        if (member.isOptional()) {
            members.computeIfAbsent(new Step(Step.OPTIONAL, member.name()), step -> new ArrayList<>())
                    .add(member);
        }
    }

    private static Place of(List<SchemaMember> members) {
        Map<Step, Place> features = new LinkedHashMap<>();
        members.forEach(member -> features.putAll(features(member.features())));
        return new Place(features, members.stream().map(SchemaMember::type).toList());
    }

    /** The types, those in lists and alternates included. */
    Set<SchemaType> flat() {
        return flat(true);
    }

    /** Whether a value here may be something that is no list. */
    boolean mayBeSingle() {
        return flat(false).stream().anyMatch(type -> !(type instanceof ArrayType || type instanceof AlternateType));
    }

    private Set<SchemaType> flat(boolean isIntoLists) {
        Set<SchemaType> seen = new LinkedHashSet<>();
        Deque<SchemaType> left = new ArrayDeque<>(types);
        while (!left.isEmpty()) {
            SchemaType type = left.removeFirst();
            if (!seen.add(type)) {
                continue;
            }
            if (type instanceof ArrayType array) {
                if (isIntoLists) {
                    left.add(array.element());
                }
            } else if (type instanceof AlternateType alternate) {
                left.addAll(alternate.branches());
            }
        }
        return seen;
    }
}
