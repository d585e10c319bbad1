package io.github.qmpreactive.schema;

import java.util.List;

/**
 * What one schema has and another does not, as paths that {@link QmpSchema#supports(String)} takes, sorted.
 *
 * <ul>
 *   <li>What is below an added or removed path is not listed: of a new command there is its name alone. A new case of an
 *       object stands for the new value of its tag, too.
 *   <li>A type that occurs several times below a command is compared once, at its shortest path.
 *   <li>An optional member is written with a star: {@code migrate/arg-type/*channels}. A member that becomes mandatory
 *       is there as removed, with the star.
 *   <li>A feature of a command, an event, a member, a value or a type is a path as well: {@code
 *       block-job-cancel/$deprecated}.
 * </ul>
 *
 * @param added what only the newer schema supports
 * @param removed what only the older schema supports
 * @param changed what no path expresses, in words: whether a command may be executed out of band, and where a list takes
 *     the place of a single value
 */
public record SchemaDifference(List<String> added, List<String> removed, List<String> changed) {

    /**
     * Copies the lists.
     *
     * @param added what only the newer schema supports
     * @param removed what only the older schema supports
     * @param changed what no path expresses
     */
    public SchemaDifference {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        changed = List.copyOf(changed);
    }

    /** {@return whether no difference was found} */
    public boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
    }

    /**
     * The difference as text.
     *
     * @return a line for each path: what is removed after {@code "- "}, what is added after {@code "+ "}, what is
     *     changed after {@code "~ "}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        removed.forEach(path -> text.append("- ").append(path).append('\n'));
        added.forEach(path -> text.append("+ ").append(path).append('\n'));
        changed.forEach(words -> text.append("~ ").append(words).append('\n'));
        return text.toString();
    }
}
