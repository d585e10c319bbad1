package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.job.JobTask.End;
import io.github.qmpreactive.test.internal.vm.job.JobTask.Kind;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Saves, loads and deletes snapshots of a machine: the machine is stopped meanwhile. */
final class SnapshotTasks {

    private static final String SAVE = "snapshot-save";
    private static final String LOAD = "snapshot-load";

    private final BlockNodes nodes;
    private final Machine machine;

    SnapshotTasks(BlockNodes nodes, Machine machine) {
        this.nodes = nodes;
        this.machine = machine;
    }

    JobTask of(String command, JsonNode arguments) {
        boolean ran = machine.isRunning();
        JobTask task = new JobTask(command, Kind.SNAPSHOT, 1, List.of());
        task.begin = () -> begin(command, arguments);
        task.end = end -> end(command, arguments, ran, end == End.SUCCESS);
        return task;
    }

    private @Nullable String begin(String command, JsonNode arguments) {
        machine.occupy();
        if (command.equals(LOAD)) {
            machine.stopFor(MachineState.RESTORE_VM);
        }
        String problem = problemOf(command, arguments);
        if (command.equals(SAVE) && problem == null) {
            machine.stopFor(MachineState.SAVE_VM);
        }
        return problem;
    }

    private void end(String command, JsonNode arguments, boolean ran, boolean succeeds) {
        String tag = arguments.path("tag").asString("");
        if (succeeds && command.equals(SAVE)) {
            devices(arguments).forEach(node -> node.snapshots.add(tag));
        } else if (succeeds && !command.equals(LOAD)) {
            devices(arguments).forEach(node -> node.snapshots.remove(tag));
        }
        if (ran && (command.equals(SAVE) || succeeds)) {
            machine.cont();
        }
        machine.release();
    }

    private @Nullable String problemOf(String command, JsonNode arguments) {
        if (arguments.path("devices").isEmpty()) {
            return "At least one device is required for snapshot";
        }
        for (JsonNode device : arguments.path("devices")) {
            BlockNode node = nodes.get(device.asString());
            if (node == null) {
                return "No block device node '" + device.asString() + "'";
            }
            if (!node.isQcow2) {
                return "Device '" + node.name + "' is writable but does not support snapshots";
            }
        }
        String tag = arguments.path("tag").asString("");
        List<BlockNode> devices = devices(arguments);
        if (command.equals(SAVE) && devices.stream().anyMatch(node -> node.snapshots.contains(tag))) {
            return "Snapshot '" + tag + "' already exists in one or more devices";
        }
        if (command.equals(LOAD) && !devices.stream().allMatch(node -> node.snapshots.contains(tag))) {
            return "Snapshot '" + tag + "' does not exist in one or more devices";
        }
        String state = arguments.path("vmstate").asString("");
        return arguments.has("vmstate") && devices.stream().noneMatch(node -> node.name.equals(state))
                ? "vmstate block device '" + state + "' does not exist"
                : null;
    }

    private List<BlockNode> devices(JsonNode arguments) {
        return arguments
                .path("devices")
                .valueStream()
                .map(name -> nodes.get(name.asString()))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }
}
