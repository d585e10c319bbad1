package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.Monitors;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The jobs of a machine, and the commands for them. Lives on the fakes' event loop. */
public final class Jobs {

    private final Monitors monitors;
    private final Machine machine;
    private final VmSettings settings;
    private final BlockNodes nodes;
    private final JobTasks tasks;
    private final Dump dump;

    /** The newest first. */
    private final List<Job> jobs = new ArrayList<>();

    private final Queue<Runnable> steps = new ArrayDeque<>();

    /** None yet. */
    public Jobs(VmSettings settings, Monitors monitors, Machine machine, BlockNodes nodes) {
        this.settings = settings;
        this.monitors = monitors;
        this.machine = machine;
        this.nodes = nodes;
        this.tasks = new JobTasks(nodes, machine);
        this.dump = new Dump(settings, monitors, machine, this::later);
        boolean drainsAll = settings.profile.version().isAtLeast(10, 0);
        nodes.onDrain(node -> drain(job -> drainsAll || job.uses(node)));
        machine.onStop(this::drain);
        machine.onEnd(this::end);
        machine.onGone(() -> jobs.forEach(Job::halt));
    }

    /** The dumps of the guest's memory. */
    public Dump dump() {
        return dump;
    }

    boolean isAlive() {
        return machine.isAlive();
    }

    void emit(String event, ObjectNode data) {
        monitors.emit(event, data);
    }

    void remove(Job job) {
        jobs.remove(job);
    }

    /** Does something behind the reply to the present command, and before the next one. */
    void later(Runnable step) {
        steps.add(step);
        FakeLoop.later(this::settle);
    }

    /** Does what was to be done later. */
    public void settle() {
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            step.run();
        }
    }

    /** The commands that have no reply but success. */
    public Map<String, Consumer<JsonNode>> commands() {
        Map<String, Consumer<JsonNode>> commands = new LinkedHashMap<>();
        JobTasks.COMMANDS.forEach(
                command -> commands.put(command, arguments -> begin(List.of(add(command, arguments)))));
        verb(commands, "cancel", Job::cancel);
        verb(commands, "pause", Job::pause);
        verb(commands, "resume", Job::resume);
        verb(commands, "complete", Job::complete);
        verb(commands, "finalize", Job::finalizeNow);
        verb(commands, "dismiss", Job::dismiss);
        commands.put("block-job-cancel", arguments -> blockJob(arguments)
                .cancelBlockJob(arguments.path("force").asBoolean(false)));
        commands.put("block-job-set-speed", arguments -> blockJob(arguments)
                .setSpeed(arguments.path("speed").asLong()));
        commands.put("transaction", this::transact);
        commands.put(Transaction.SNAPSHOT, arguments -> {
            drain();
            nodes.snapshot(arguments);
        });
        return commands;
    }

    private void verb(Map<String, Consumer<JsonNode>> commands, String verb, Consumer<Job> action) {
        commands.put("job-" + verb, arguments -> action.accept(job(arguments)));
        commands.put("block-job-" + verb, arguments -> action.accept(blockJob(arguments)));
    }

    private Job job(JsonNode arguments) {
        return find(arguments.path("id").asString("")).orElseThrow(() -> QmpRefusal.generic("Job not found"));
    }

    private Job blockJob(JsonNode arguments) {
        String id = arguments.path("device").asString(arguments.path("id").asString(""));
        return find(id).filter(Job::isBlockJob)
                .orElseThrow(() -> new QmpRefusal("DeviceNotActive", "Block job '" + id + "' not found"));
    }

    private Optional<Job> find(String id) {
        return jobs.stream().filter(job -> job.state().id.equals(id)).findFirst();
    }

    private Job add(String command, JsonNode arguments) {
        JobTask task = tasks.of(command, arguments);
        String id = arguments.path("job-id").asString("");
        if (!VmSettings.isId(id)) {
            throw QmpRefusal.generic("Invalid job ID '" + id + "'");
        }
        if (find(id).isPresent()) {
            throw QmpRefusal.generic("Job ID '" + id + "' already in use");
        }
        Job job = new Job(this, id, task, arguments, settings.planOf(id));
        jobs.add(0, job);
        return job;
    }

    /** Begins some. QEMU drains all jobs when a backup begins. */
    private void begin(List<Job> started) {
        started.forEach(Job::begin);
        if (started.stream().anyMatch(Job::drainsOthers)) {
            drain();
        }
    }

    private void transact(JsonNode arguments) {
        boolean isFrom10 = settings.profile.version().isAtLeast(10, 0);
        List<Job> started = new Transaction(nodes, this::add, isFrom10).prepare(arguments, this::drain);
        if (!isFrom10) {
            Collections.reverse(started);
        }
        begin(started);
    }

    /** The reply to {@code query-jobs}. */
    public ArrayNode query() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        jobs.forEach(job -> list.add(job.state().summary()));
        return list;
    }

    /** The reply to {@code query-block-jobs}. */
    public ArrayNode queryBlock() {
        boolean tellsSync = settings.profile.version().isAtLeast(8, 2);
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        jobs.stream()
                .filter(Job::isBlockJob)
                .forEach(job -> list.add(job.state().blockSummary(tellsSync)));
        return list;
    }

    /** Pauses all that run, and lets them go on. */
    void drain() {
        drain(job -> true);
    }

    private void drain(Predicate<Job> which) {
        jobs.stream().filter(which).toList().forEach(Job::drain);
    }

    /** The test drains them; throws as {@code FakeJobs} says. */
    public void drainNow() {
        requireAlive();
        drain();
    }

    /** The test moves a job on; throws as {@code FakeJobs} says. */
    public void reach(String id, double fraction) {
        requireAlive();
        if (isDump(id)) {
            dump.reach(fraction);
        } else {
            present(id).reach(fraction);
        }
    }

    /** The test makes a job fail; throws as {@code FakeJobs} says. */
    public void fail(String id, String reason) {
        requireAlive();
        if (isDump(id)) {
            dump.fail(reason);
        } else {
            present(id).failNow(reason);
        }
    }

    private boolean isDump(String id) {
        return id.equals(Dump.NAME) && dump.isActive();
    }

    private void requireAlive() {
        if (!isAlive()) {
            throw new IllegalStateException("The machine has ended");
        }
    }

    private Job present(String id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("There is no job '" + id + "', only "
                + jobs.stream().map(job -> job.state().id).toList()));
    }

    private void end() {
        drain();
        List.copyOf(jobs).forEach(Job::end);
    }
}
