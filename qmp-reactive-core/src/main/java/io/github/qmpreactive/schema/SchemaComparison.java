package io.github.qmpreactive.schema;

import io.github.qmpreactive.schema.SchemaPath.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares two schemas, command by command and event by event, along the paths that both have. Types that were compared
 * below a command are not compared there again, at a longer path: types which contain themselves have no longest one.
 */
final class SchemaComparison {

    /** Two places with the same path. */
    private record Pair(String path, Place older, Place newer) {}

    /** Objects that were compared, of each schema. */
    private record Compared(Set<SchemaType> older, Set<SchemaType> newer) {}

    /** Characters of the paths that are looked at, and what stands for the parts of types. Of QEMU 11.1 these are 1.5 million. */
    private static final long MOST_WORK = 50_000_000;

    /** What a type, a member or a value takes, in characters of a path. */
    private static final int TIME_OF_PART = 10;

    private final QmpSchema older;
    private final QmpSchema newer;
    private final Set<String> added = new TreeSet<>();
    private final Set<String> removed = new TreeSet<>();
    private final Set<String> changed = new TreeSet<>();
    private final Set<Compared> compared = new HashSet<>();
    private final Set<String> impliedByCase = new HashSet<>();
    private final Deque<Pair> left = new ArrayDeque<>();
    private long work;

    SchemaComparison(QmpSchema older, QmpSchema newer) {
        this.older = older;
        this.newer = newer;
    }

    SchemaDifference difference() {
        Set<String> names = new TreeSet<>(older.commands());
        names.addAll(older.events());
        for (String name : names) {
            Place.of(newer, name).ifPresentOrElse(place -> compareAll(name, place), () -> removed.add(name));
        }
        newer.commands().stream().filter(name -> !names.contains(name)).forEach(added::add);
        newer.events().stream().filter(name -> !names.contains(name)).forEach(added::add);
        added.removeIf(path -> impliedByCase.contains(path));
        removed.removeIf(path -> impliedByCase.contains(path));
        return new SchemaDifference(List.copyOf(added), List.copyOf(removed), List.copyOf(changed));
    }

    private void compareAll(String name, Place newPlace) {
        if (allowsOob(older, name) != allowsOob(newer, name)) {
            changed.add(name + (allowsOob(newer, name) ? " may" : " may not") + " be executed out of band");
        }
        compared.clear();
        left.add(new Pair(name, Place.of(older, name).orElseThrow(), newPlace));
        while (!left.isEmpty()) {
            compare(left.removeFirst());
        }
    }

    private static boolean allowsOob(QmpSchema schema, String name) {
        return schema.command(name).map(SchemaCommand::allowsOob).orElse(false);
    }

    private void compare(Pair pair) {
        Set<SchemaType> before = flat(pair.older());
        Set<SchemaType> now = flat(pair.newer());
        compareLists(pair, before, now);
        if (!compared.add(new Compared(objects(before), objects(now)))) {
            before = withoutObjects(before);
            now = withoutObjects(now);
        }
        Map<Step, Place> beforeSteps = pair.older().steps(before);
        Map<Step, Place> nowSteps = pair.newer().steps(now);
        addMissing(pair.path(), before, beforeSteps, nowSteps, removed);
        addMissing(pair.path(), now, nowSteps, beforeSteps, added);
        beforeSteps.forEach((step, place) -> {
            Place other = nowSteps.get(step);
            if (other != null && step.sign() != Step.OPTIONAL) {
                left.add(new Pair(pair.path() + "/" + step, place, other));
            }
        });
    }

    private Set<SchemaType> flat(Place place) {
        Set<SchemaType> flat = place.flat();
        flat.forEach(type -> spend(TIME_OF_PART * partsOf(type)));
        return flat;
    }

    private static int partsOf(SchemaType type) {
        if (type instanceof ObjectType object) {
            return 1 + object.members().size() + object.variants().size();
        }
        return type instanceof EnumType values ? 1 + values.values().size() : 1;
    }

    private void spend(int amount) {
        work += amount;
        if (work > MOST_WORK) {
            throw new IllegalArgumentException("The schemas are too large to be compared: no QEMU has so much");
        }
    }

    private void compareLists(Pair pair, Set<SchemaType> before, Set<SchemaType> now) {
        boolean mayBeList = hasList(now);
        if (hasList(before) != mayBeList) {
            changed.add(pair.path() + (mayBeList ? " may" : " may not") + " be a list");
        } else if (mayBeList && pair.older().mayBeSingle() != pair.newer().mayBeSingle()) {
            changed.add(pair.path() + (pair.newer().mayBeSingle() ? " need not" : " has to") + " be a list");
        }
    }

    private void addMissing(
            String path, Set<SchemaType> types, Map<Step, Place> steps, Map<Step, Place> others, Set<String> to) {
        for (Step step : steps.keySet()) {
            spend(path.length() + step.name().length());
            boolean isOptionalToo =
                    step.sign() == Step.MEMBER && steps.containsKey(new Step(Step.OPTIONAL, step.name()));
            if (!others.containsKey(step) && !isOptionalToo) {
                to.add(path + "/" + step);
                if (step.sign() == Step.CASE) {
                    tags(types).forEach(tag -> impliedByCase.add(path + "/" + tag + "/^" + step.name()));
                }
            }
        }
    }

    private static Stream<String> tags(Set<SchemaType> types) {
        return types.stream()
                .flatMap(type -> type instanceof ObjectType object ? object.tag().stream() : Stream.empty());
    }

    private static boolean hasList(Set<SchemaType> types) {
        return types.stream().anyMatch(ArrayType.class::isInstance);
    }

    private static Set<SchemaType> objects(Set<SchemaType> types) {
        return types.stream().filter(ObjectType.class::isInstance).collect(Collectors.toSet());
    }

    private static Set<SchemaType> withoutObjects(Set<SchemaType> types) {
        return types.stream().filter(type -> !(type instanceof ObjectType)).collect(Collectors.toSet());
    }
}
