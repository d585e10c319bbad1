package io.github.qmpreactive.schema;

import io.github.qmpreactive.schema.SchemaPath.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares two schemas, command by command and event by event, along the paths that both have. Types that were compared
 * below a command are not compared there again, at a longer path: types which contain themselves have no longest one.
 */
final class SchemaComparison {

    /** Two places with the same path. */
    private record Pair(String path, Place older, Place newer) {}

    private record Compared(Set<SchemaType> older, Set<SchemaType> newer) {}

    private final QmpSchema older;
    private final QmpSchema newer;
    private final Set<String> added = new TreeSet<>();
    private final Set<String> removed = new TreeSet<>();
    private final Set<String> changed = new TreeSet<>();
    private final Set<Compared> compared = new HashSet<>();
    private final Deque<Pair> left = new ArrayDeque<>();

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
        Place before = pair.older();
        Place now = pair.newer();
        if (before instanceof Place.Value beforeValue && now instanceof Place.Value nowValue) {
            Set<SchemaType> beforeTypes = beforeValue.flat();
            Set<SchemaType> nowTypes = nowValue.flat();
            if (hasList(beforeTypes) != hasList(nowTypes)) {
                changed.add(pair.path() + (hasList(nowTypes) ? " may" : " may not") + " be a list");
            }
            if (!compared.add(new Compared(beforeTypes, nowTypes))) {
                before = new Place.Leaf(beforeValue.features());
                now = new Place.Leaf(nowValue.features());
            }
        }
        Map<Step, Place> beforeSteps = before.steps();
        Map<Step, Place> nowSteps = now.steps();
        addMissing(pair.path(), beforeSteps, nowSteps, removed);
        addMissing(pair.path(), nowSteps, beforeSteps, added);
        beforeSteps.forEach((step, place) -> {
            Place other = nowSteps.get(step);
            if (other != null && step.sign() != Step.OPTIONAL) {
                left.add(new Pair(pair.path() + "/" + step, place, other));
            }
        });
    }

    private static void addMissing(String path, Map<Step, Place> in, Map<Step, Place> from, Set<String> to) {
        for (Step step : in.keySet()) {
            boolean isOptionalToo = step.sign() == Step.MEMBER && in.containsKey(new Step(Step.OPTIONAL, step.name()));
            if (!from.containsKey(step) && !isOptionalToo) {
                to.add(path + "/" + step);
            }
        }
    }

    private static boolean hasList(Set<SchemaType> types) {
        return types.stream().anyMatch(ArrayType.class::isInstance);
    }
}
