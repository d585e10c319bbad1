package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.JobTask.End;
import io.github.qmpreactive.test.internal.vm.JobTask.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Saves, loads and deletes snapshots of a machine: the machine is stopped meanwhile. */
final class SnapshotTasks {

    private final BlockNodes nodes;
    private final Machine machine;

    SnapshotTasks(BlockNodes nodes, Machine machine) {
        this.nodes = nodes;
        this.machine = machine;
    }

    JobTask of(String command, JsonNode arguments) {
        String tag = arguments.path("tag").asString("");
        String state = arguments.path("vmstate").asString("");
        List<String> devices =
                arguments.path("devices").valueStream().map(JsonNode::asString).toList();
        return switch (command) {
            case "snapshot-save" -> save(command, tag, state, devices);
            case "snapshot-load" -> load(command, tag, state, devices);
            default ->
                task(command, () -> problemOf(devices), end -> of(devices).forEach(node -> node.snapshots.remove(tag)));
        };
    }

    private JobTask save(String command, String tag, String state, List<String> devices) {
        boolean ran = machine.isRunning();
        return task(
                command,
                () -> {
                    String problem = problemOf(devices);
                    if (problem == null && of(devices).stream().anyMatch(node -> node.snapshots.contains(tag))) {
                        problem = "Snapshot '" + tag + "' already exists in one or more devices";
                    }
                    problem = problem == null ? problemOfState(state, devices) : problem;
                    if (problem == null && ran) {
                        machine.stop();
                    }
                    return problem;
                },
                end -> {
                    if (end == End.SUCCESS) {
                        of(devices).forEach(node -> node.snapshots.add(tag));
                    }
                    goOn(ran);
                });
    }

    private JobTask load(String command, String tag, String state, List<String> devices) {
        boolean ran = machine.isRunning();
        return task(
                command,
                () -> {
                    machine.stopToRestore();
                    String problem = problemOf(devices);
                    if (problem == null && !of(devices).stream().allMatch(node -> node.snapshots.contains(tag))) {
                        problem = "Snapshot '" + tag + "' does not exist in one or more devices";
                    }
                    return problem == null ? problemOfState(state, devices) : problem;
                },
                end -> goOn(ran && end == End.SUCCESS));
    }

    private void goOn(boolean runs) {
        if (runs) {
            machine.cont();
        }
    }

    private static JobTask task(String type, Supplier<@Nullable String> begin, Consumer<End> end) {
        return new JobTask(type, Kind.OTHER, 1, Set.of(), null, null, begin, end);
    }

    private @Nullable String problemOf(List<String> devices) {
        if (devices.isEmpty()) {
            return "At least one device is required for snapshot";
        }
        for (String device : devices) {
            BlockNode node = nodes.get(device);
            if (node == null) {
                return "No block device node '" + device + "'";
            }
            if (!node.isSnapshotable) {
                return "Device '" + device + "' is writable but does not support snapshots";
            }
        }
        return null;
    }

    private static @Nullable String problemOfState(String state, List<String> devices) {
        return devices.contains(state) ? null : "vmstate block device '" + state + "' does not exist";
    }

    private List<BlockNode> of(List<String> devices) {
        List<BlockNode> present = new ArrayList<>();
        for (String device : devices) {
            BlockNode node = nodes.get(device);
            if (node != null) {
                present.add(node);
            }
        }
        return present;
    }
}
