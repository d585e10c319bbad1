package io.github.qmpreactive.fleet;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The machines that are in a fleet, by name. Tells its followers of each that comes or goes. */
final class Roster {

    /** Receives machines, from any thread, and one of them more than once: {@link Machine#isRemoved()} is right. */
    interface Follower {

        void added(Machine machine);

        void removed(Machine machine);
    }

    private final ConcurrentHashMap<String, Machine> machines = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Follower> followers = new CopyOnWriteArrayList<>();

    /** Returns false if there is one of that name. */
    boolean add(Machine machine) {
        if (machines.putIfAbsent(machine.name(), machine) != null) {
            return false;
        }
        followers.forEach(follower -> follower.added(machine));
        return true;
    }

    @Nullable
    Machine remove(String name) {
        Machine machine = machines.remove(name);
        if (machine != null) {
            machine.remove();
            followers.forEach(follower -> follower.removed(machine));
        }
        return machine;
    }

    @Nullable
    Machine get(String name) {
        return machines.get(name);
    }

    Set<String> names() {
        return Set.copyOf(machines.keySet());
    }

    List<Machine> snapshot() {
        return List.copyOf(machines.values());
    }

    Collection<Machine> machines() {
        return machines.values();
    }

    /** Tells it of all machines that are there and of all that come. */
    void join(Follower follower) {
        followers.add(follower);
        machines.values().forEach(follower::added);
    }

    void leave(Follower follower) {
        followers.remove(follower);
    }
}
