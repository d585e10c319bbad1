package io.github.qmpreactive.schema;

import io.github.qmpreactive.schema.SchemaPath.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A place in a schema that paths lead to. */
sealed interface Place {

    /** The steps that lead on from here, in the schema's order, and where each leads to. */
    Map<Step, Place> steps();

    /** The place of a command or an event; empty if there is none of this name. */
    static Optional<Place> of(QmpSchema schema, String name) {
        return schema.command(name)
                .<Place>map(command -> new Entry(command.arguments(), command.result(), command.features()))
                .or(() -> schema.event(name).map(event -> new Entry(event.data(), null, event.features())));
    }

    /** A command, or an event, which has no result. */
    record Entry(SchemaType arguments, @Nullable SchemaType result, Set<String> features) implements Place {

        @Override
        public Map<Step, Place> steps() {
            Map<Step, Place> steps = new LinkedHashMap<>();
            steps.put(new Step(Step.MEMBER, SchemaPath.ARGUMENTS), new Value(List.of(arguments), Set.of()));
            if (result != null) {
                steps.put(new Step(Step.MEMBER, SchemaPath.RESULT), new Value(List.of(result), Set.of()));
            }
            steps.putAll(new Leaf(features).steps());
            return steps;
        }
    }

    /** What has features at most. */
    record Leaf(Set<String> features) implements Place {

        private static final Leaf PLAIN = new Leaf(Set.of());

        @Override
        public Map<Step, Place> steps() {
            Map<Step, Place> steps = new LinkedHashMap<>();
            features.forEach(feature -> steps.put(new Step(Step.FEATURE, feature), PLAIN));
            return steps;
        }
    }

    /**
     * A value.
     *
     * @param types the types that it may have; several only where paths do not tell them apart
     * @param features the features of the member that holds it
     */
    record Value(Collection<SchemaType> types, Set<String> features) implements Place {

        @Override
        public Map<Step, Place> steps() {
            Map<Step, Place> steps = new LinkedHashMap<>(new Leaf(features).steps());
            Map<Step, List<SchemaMember>> members = new LinkedHashMap<>();
            for (SchemaType type : flat()) {
                steps.putAll(new Leaf(type.features()).steps());
                if (type instanceof BuiltinType builtin) {
                    steps.put(new Step(Step.TYPE, builtin.jsonType()), Leaf.PLAIN);
                } else if (type instanceof EnumType enumeration) {
                    enumeration
                            .values()
                            .forEach(value ->
                                    steps.put(new Step(Step.VALUE, value), new Leaf(enumeration.features(value))));
                } else if (type instanceof ObjectType object) {
                    object.members().values().forEach(member -> add(members, member));
                    object.variants()
                            .forEach((name, variant) ->
                                    steps.put(new Step(Step.CASE, name), new Value(List.of(variant), Set.of())));
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

        private static Value of(List<SchemaMember> members) {
            Set<String> features = new LinkedHashSet<>();
            members.forEach(member -> features.addAll(member.features()));
            return new Value(members.stream().map(SchemaMember::type).toList(), features);
        }

        /** The types without lists and alternates: what these are made of. */
        Set<SchemaType> flat() {
            Set<SchemaType> seen = new LinkedHashSet<>();
            Deque<SchemaType> left = new ArrayDeque<>(types);
            while (!left.isEmpty()) {
                SchemaType type = left.removeFirst();
                if (seen.add(type) && type instanceof ArrayType array) {
                    left.addFirst(array.element());
                } else if (type instanceof AlternateType alternate) {
                    left.addAll(alternate.branches());
                }
            }
            return seen;
        }
    }
}
