package io.github.qmpreactive.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The tasks of one machine, in the order in which they were begun: all that are under way, and those that ended last. */
final class TaskList {

    /** Of those that have ended. */
    static final int KEPT = 5;

    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Deque<String> ended = new ArrayDeque<>();

    /** Adds one; false if one with its id is under way. */
    synchronized boolean begin(Task task) {
        Task before = tasks.get(task.id());
        if (before != null && !before.ended()) {
            return false;
        }
        ended.remove(task.id());
        tasks.remove(task.id());
        tasks.put(task.id(), task);
        return true;
    }

    /** Changes one that is under way. */
    synchronized void change(String id, UnaryOperator<Task> change) {
        Task task = tasks.get(id);
        if (task == null || task.ended()) {
            return;
        }
        Task changed = change.apply(task);
        tasks.put(id, changed);
        if (changed.ended()) {
            ended.add(id);
        }
        if (ended.size() > KEPT) {
            tasks.remove(ended.remove());
        }
    }

    synchronized @Nullable Task get(String id) {
        return tasks.get(id);
    }

    synchronized List<Task> newestFirst() {
        List<Task> list = new ArrayList<>(tasks.values());
        Collections.reverse(list);
        return list;
    }
}
