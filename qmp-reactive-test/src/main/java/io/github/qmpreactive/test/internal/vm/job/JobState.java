package io.github.qmpreactive.test.internal.vm.job;

import io.github.qmpreactive.test.internal.vm.machine.Pace;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What QEMU tells of a job: in replies, and in events when it changes. Lives on the fakes' event loop. */
final class JobState {

    private static final Set<String> ACTIVE = Set.of("running", "paused", "ready", "standby");

    /** In which states a job accepts a verb. It can be resumed whenever it was paused. */
    private static final Map<String, Set<String>> VERBS = Map.of(
            "cancel", Set.of("running", "paused", "ready", "standby", "waiting", "pending"),
            "pause", ACTIVE,
            "set-speed", ACTIVE,
            "complete", Set.of("ready", "standby"),
            "finalize", Set.of("pending"),
            "dismiss", Set.of("concluded"));

    /** Jobs copy so many bytes at a time. */
    private static final long CLUSTER = 64L << 10;

    final String id;
    String status = "undefined";
    long total;
    long speed;
    String ioStatus = "ok";
    /** By a command or an error. */
    boolean paused;

    boolean ready;

    @Nullable
    String error;

    private final String type;
    private final JsonNode options;
    private final Pace pace;
    private final Jobs jobs;

    JobState(String id, String type, JsonNode options, Pace pace, long total, Jobs jobs) {
        this.id = id;
        this.type = type;
        this.options = options;
        this.pace = pace;
        this.total = total;
        this.jobs = jobs;
        this.speed = options.path("speed").asLong(0);
    }

    boolean is(String wanted) {
        return status.equals(wanted);
    }

    boolean isActive() {
        return ACTIVE.contains(status);
    }

    boolean isEnded() {
        return Set.of("aborting", "concluded", "null").contains(status);
    }

    /** Refuses what cannot be done to a job in this state. */
    void require(String verb) {
        if (!Objects.requireNonNull(VERBS.get(verb)).contains(status)) {
            throw QmpRefusal.generic(
                    "Job '" + id + "' in state '" + status + "' cannot accept command verb '" + verb + "'");
        }
    }

    boolean finalizesItself() {
        return options.path("auto-finalize").asBoolean(true);
    }

    boolean dismissesItself() {
        return options.path("auto-dismiss").asBoolean(true);
    }

    void changeTo(String next) {
        status = next;
        jobs.emit("JOB_STATUS_CHANGE", object().put("status", next).put("id", id));
    }

    /** One of the events {@code BLOCK_JOB_*} with figures. */
    void report(String event) {
        ObjectNode data = object().put("device", id)
                .put("len", total)
                .put("offset", current())
                .put("speed", speed)
                .put("type", type);
        jobs.emit("BLOCK_JOB_" + event, event.equals("COMPLETED") ? withError(data) : data);
    }

    void reportPending() {
        jobs.emit("BLOCK_JOB_PENDING", object().put("type", type).put("id", id));
    }

    /** Reports an error of input or output, and tells what is done about it, as the command says. */
    String reportError(String reason) {
        boolean full = reason.equals("No space left on device");
        String policy = options.path("on-error")
                .asString(options.path("on-target-error").asString("report"));
        String action = policy.equals("enospc") ? full ? "stop" : "report" : policy;
        if (action.equals("stop")) {
            ioStatus = full ? "nospace" : "failed";
        }
        jobs.emit(
                "BLOCK_JOB_ERROR",
                object().put("device", id)
                        .put("operation", type.equals("stream") ? "read" : "write")
                        .put("action", action));
        return action;
    }

    void setSpeed(long bytesPerSecond) {
        require("set-speed");
        if (bytesPerSecond < 0) {
            throw negativeSpeed();
        }
        speed = bytesPerSecond;
    }

    static QmpRefusal negativeSpeed() {
        return QmpRefusal.generic("Parameter 'speed' expects a non-negative value");
    }

    private long current() {
        double done = pace.done();
        return done >= 1 ? total : (long) (done * total) / CLUSTER * CLUSTER;
    }

    /** As in {@code query-jobs}. */
    ObjectNode summary() {
        return withError(object().put("current-progress", current())
                .put("status", status)
                .put("total-progress", total)
                .put("type", type)
                .put("id", id));
    }

    /** As in {@code query-block-jobs}. */
    ObjectNode blockSummary(boolean tellsSync) {
        ObjectNode summary = object().put("auto-finalize", finalizesItself())
                .put("io-status", ioStatus)
                .put("device", id)
                .put("auto-dismiss", dismissesItself())
                .put("busy", false)
                .put("len", total)
                .put("offset", current())
                .put("status", status)
                // QEMU holds a mirror up from its completion on.
                .put("paused", paused || (ready && status.equals("pending")))
                .put("speed", speed)
                .put("ready", status.equals("ready") || status.equals("standby"))
                .put("type", type);
        if (tellsSync && type.equals("mirror")) {
            summary.put(
                    "actively-synced", options.path("copy-mode").asString("").equals("write-blocking"));
        }
        return withError(summary);
    }

    private ObjectNode withError(ObjectNode data) {
        return error == null ? data : data.put("error", error);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
