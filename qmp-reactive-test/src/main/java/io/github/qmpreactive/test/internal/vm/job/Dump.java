package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.internal.vm.machine.Monitors;
import io.github.qmpreactive.test.internal.vm.machine.Pace;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The dumps of the guest's memory, of which there is one at a time. Lives on the fakes' event loop. */
public final class Dump {

    /** What takes the place of a job's id. */
    static final String NAME = "dump-guest-memory";

    private static final long PAGE = 4096;

    /** So long after a detached dump has ended the machine goes on. */
    private static final Duration RESUMING = Duration.ofMillis(5);

    private static final String PROTOCOL = "parameter 'protocol' must start with 'file:' or 'fd:'";
    private static final String PROTOCOL_BEFORE_10 = "Invalid parameter 'protocol'";

    private final VmSettings settings;
    private final Monitors monitors;
    private final Machine machine;
    private final Consumer<Runnable> later;
    private Pace pace = new Pace();
    private JobPlan plan = JobPlan.DEFAULT;
    private String status = "none";
    private long total;
    private boolean isDetached;
    private boolean resumes;

    /** Whether a detached one has ended and its machine is still to go on. */
    private boolean lingers;

    private @Nullable String error;

    Dump(VmSettings settings, Monitors monitors, Machine machine, Consumer<Runnable> later) {
        this.settings = settings;
        this.monitors = monitors;
        this.machine = machine;
        this.later = later;
        machine.onGone(() -> pace.halt());
    }

    /** Refuses what QEMU does not do during a dump. */
    public void requireNone() {
        if (isActive()) {
            throw QmpRefusal.generic("There is a dump in process, please wait.");
        }
    }

    boolean isActive() {
        return status.equals("active");
    }

    /** Begins one, and emits the reply: at its end, unless it is detached. */
    public Mono<JsonNode> begin(JsonNode arguments) {
        requireNone();
        check(arguments);
        if (lingers && machine.state() == MachineState.SAVE_VM) {
            throw QmpRefusal.generic("disallowing migration blocker (migration/snapshot in progress) for:"
                    + " Live migration disabled: dump-guest-memory in progress");
        }
        lingers = false;
        isDetached = arguments.path("detach").asBoolean(false);
        total = arguments.path("length").asLong(settings.memory);
        plan = settings.planOf(NAME);
        pace = new Pace();
        error = null;
        status = "active";
        resumes = machine.isRunning();
        machine.stopFor(MachineState.SAVE_VM);
        if (!isDetached) {
            machine.occupy();
        }
        goOn();
        return isDetached ? Mono.just(object()) : machine.whenFree().then(Mono.defer(this::outcome));
    }

    private Mono<JsonNode> outcome() {
        return error == null ? Mono.just(object()) : Mono.error(QmpRefusal.generic(error));
    }

    private void check(JsonNode arguments) {
        boolean filters = arguments.has("begin") || arguments.has("length");
        if (!arguments.path("format").asString("elf").equals("elf")
                && (filters || arguments.path("paging").asBoolean())) {
            throw QmpRefusal.generic("kdump-compressed format doesn't support paging or filter");
        }
        if (filters && !(arguments.has("begin") && arguments.has("length"))) {
            throw QmpRefusal.generic("Parameter '" + (arguments.has("begin") ? "length" : "begin") + "' is missing");
        }
        if (!arguments.path("protocol").asString("").matches("(?s)(file|fd):.*")) {
            throw QmpRefusal.generic(settings.profile.version().isAtLeast(10, 0) ? PROTOCOL : PROTOCOL_BEFORE_10);
        }
    }

    private void goOn() {
        pace.moveTo(goal(), plan.duration(), isDetached ? later : Runnable::run, this::end);
    }

    private double goal() {
        JobPlan.Failure failure = plan.firstFailure();
        return failure == null ? 1 : failure.fraction();
    }

    private void end() {
        JobPlan.Failure failure = plan.firstFailure();
        end(failure == null ? null : failure.reason());
    }

    private void end(@Nullable String reason) {
        error = reason;
        status = reason == null ? "completed" : "failed";
        ObjectNode data = object();
        data.set("result", query());
        monitors.emit("DUMP_COMPLETED", reason == null ? data : data.put("error", reason));
        if (isDetached) {
            lingers = true;
            FakeLoop.later(RESUMING, () -> {
                if (lingers) {
                    lingers = false;
                    resume();
                }
            });
        } else {
            resume();
            machine.release();
        }
    }

    private void resume() {
        if (resumes && machine.isAlive() && machine.state() == MachineState.SAVE_VM) {
            machine.cont();
        }
    }

    /** The test moves it on. */
    void reach(double fraction) {
        if (goal() <= fraction) {
            pace.set(goal());
            end();
        } else {
            pace.set(fraction);
            goOn();
        }
    }

    /** The test makes it fail. */
    void fail(String reason) {
        pace.halt();
        end(reason);
    }

    /** The reply to {@code query-dump}. */
    public ObjectNode query() {
        long completed = Math.round(pace.done() * total) / PAGE * PAGE;
        return object().put("completed", completed).put("status", status).put("total", total);
    }

    /** The reply to {@code query-dump-guest-memory-capability}: what Debian's builds of QEMU have. */
    public ObjectNode capability() {
        ObjectNode capability = object();
        ArrayNode formats = capability.putArray("formats");
        List.of("elf", "kdump-zlib").forEach(formats::add);
        if (settings.profile.version().isAtLeast(10, 0)) {
            formats.add("kdump-raw-zlib");
        }
        if (!settings.profile.version().isAtLeast(11, 0)) {
            formats.add("win-dmp");
        }
        return capability;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
