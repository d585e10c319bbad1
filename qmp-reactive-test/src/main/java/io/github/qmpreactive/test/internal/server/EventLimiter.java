package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.Timers;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends events as often as QEMU does: of some, one a second for each key. The first goes out at once. The last of those
 * that come within the second goes out at its end, with its own timestamp; the others are dropped. Lives on the fakes'
 * event loop.
 */
final class EventLimiter {

    /** Of the events that QEMU limits, the member of their data that is the key; empty if there is one key for all. */
    private static final Map<String, String> KEYS = Map.of(
            "RTC_CHANGE", "",
            "WATCHDOG", "",
            "BALLOON_CHANGE", "",
            "QUORUM_FAILURE", "",
            "HV_BALLOON_STATUS_REPORT", "",
            "QUORUM_REPORT_BAD", "node-name",
            "VSERPORT_CHANGE", "id",
            "MEMORY_DEVICE_SIZE_CHANGE", "qom-path",
            "BLOCK_IO_ERROR", "qom-path");

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** An event of this key went out less than a second ago, by the clock that ends the pause. */
    private static final class Pause {
        final Scheduler clock;

        @Nullable
        ObjectNode next;

        Pause(Scheduler clock) {
            this.clock = clock;
        }
    }

    private final ServerOptions options;
    private final Consumer<ObjectNode> out;
    private final Map<String, Pause> pauses = new HashMap<>();
    private volatile boolean stopped;

    EventLimiter(ServerOptions options, Consumer<ObjectNode> out) {
        this.options = options;
        this.out = out;
    }

    void send(EventTemplate event) {
        ObjectNode message = event.now();
        String key = options.limitsEvents ? keyOf(event) : null;
        Pause pause = key == null ? null : pauses.get(key);
        // A clock that was replaced, as virtual time is at the end of a test, may never end its pauses.
        if (pause != null && pause.clock == options.timer()) {
            pause.next = message;
        } else {
            out.accept(message);
            if (key != null) {
                Pause started = new Pause(options.timer());
                pauses.put(key, started);
                schedule(key, started);
            }
        }
    }

    /** Drops the events that are still to be sent. */
    void stop() {
        stopped = true;
    }

    private @Nullable String keyOf(EventTemplate event) {
        String member = KEYS.get(event.name());
        JsonNode data = event.data() == null ? MissingNode.getInstance() : event.data();
        boolean isBlockError = event.name().equals("BLOCK_IO_ERROR");
        if (member == null
                || (isBlockError
                        && (data.path("action").asString("").equals("stop")
                                || !options.profile.version().isAtLeast(10, 0)))) {
            return null;
        }
        return event.name() + " " + data.path(member).asString("");
    }

    private void schedule(String key, Pause pause) {
        var unused = Timers.after(() -> pause.clock, PERIOD, () -> FakeLoop.run(() -> resume(key, pause)));
    }

    private void resume(String key, Pause pause) {
        if (pause.next == null || stopped || pauses.get(key) != pause) {
            pauses.remove(key, pause);
            return;
        }
        ObjectNode message = pause.next;
        pause.next = null;
        out.accept(message);
        schedule(key, pause);
    }
}
