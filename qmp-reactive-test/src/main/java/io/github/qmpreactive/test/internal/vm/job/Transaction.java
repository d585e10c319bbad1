package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/** Actions that take effect together, or not at all. Lives on the fakes' event loop. */
final class Transaction {

    static final String SNAPSHOT = "blockdev-snapshot";
    private static final String BACKUP = "blockdev-backup";
    private static final String ABORT = "abort";
    private static final Set<String> ACTIONS = Set.of(BACKUP, SNAPSHOT, ABORT);

    private final BlockNodes nodes;
    private final BiFunction<String, JsonNode, Job> adder;
    private final boolean isFrom10;

    /** The newest first. */
    private final List<Job> jobs = new ArrayList<>();

    private final Deque<Runnable> undo = new ArrayDeque<>();

    /**
     * One that has not begun.
     *
     * @param adder makes a job for a command and its arguments
     */
    Transaction(BlockNodes nodes, BiFunction<String, JsonNode, Job> adder, boolean isFrom10) {
        this.nodes = nodes;
        this.adder = adder;
        this.isFrom10 = isFrom10;
    }

    /**
     * Does what the actions are to do, but for beginning their jobs.
     *
     * @return the jobs, the newest first
     * @throws QmpRefusal for the first action that is refused; what those before it have done is undone then
     */
    List<Job> prepare(JsonNode arguments, Runnable drain) {
        List<JsonNode> actions = arguments.path("actions").valueStream().toList();
        boolean grouped = arguments
                .path("properties")
                .path("completion-mode")
                .asString("")
                .equals("grouped");
        actions.forEach(Transaction::requireKnown);
        if (grouped && isFrom10) {
            actions.forEach(action -> requireJob(action, "transaction"));
        }
        drain.run();
        try {
            actions.forEach(action -> prepare(action, grouped));
        } catch (QmpRefusal e) {
            undo.forEach(Runnable::run);
            throw e;
        }
        if (grouped) {
            JobGroup group = new JobGroup(List.copyOf(jobs), isFrom10);
            jobs.forEach(job -> job.join(group));
        }
        return jobs;
    }

    private static String typeOf(JsonNode action) {
        return action.path("type").asString("");
    }

    private static void requireKnown(JsonNode action) {
        if (!ACTIONS.contains(typeOf(action))) {
            throw QmpRefusal.generic("FakeVm has the actions blockdev-backup, blockdev-snapshot and abort:"
                    + " stub transaction for " + typeOf(action));
        }
    }

    private static void requireJob(JsonNode action, String word) {
        if (!typeOf(action).equals(BACKUP)) {
            throw QmpRefusal.generic(
                    "Action '" + typeOf(action) + "' does not support " + word + " property completion-mode = grouped");
        }
    }

    private void prepare(JsonNode action, boolean grouped) {
        JsonNode data = action.path("data");
        switch (typeOf(action)) {
            case BACKUP -> {
                Job job = adder.apply(BACKUP, data);
                jobs.add(0, job);
                undo.push(job::rollBack);
            }
            case SNAPSHOT -> {
                if (grouped) {
                    requireJob(action, "Transaction");
                }
                undo.push(nodes.snapshot(data));
            }
            default -> throw QmpRefusal.generic("Transaction aborted using Abort action");
        }
    }
}
