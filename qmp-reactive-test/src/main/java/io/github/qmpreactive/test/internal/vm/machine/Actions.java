package io.github.qmpreactive.test.internal.vm.machine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What becomes of the machine when its guest reboots, shuts down, panics or hangs: QEMU's {@code -action}. Immutable. */
final class Actions {

    static final Actions DEFAULT = new Actions(Map.of());

    /** What may be done when something happens, QEMU's default first. */
    private static final Map<String, List<String>> CHOICES = new LinkedHashMap<>();

    static {
        CHOICES.put("reboot", List.of("reset", "shutdown"));
        CHOICES.put("shutdown", List.of("poweroff", "pause"));
        CHOICES.put("panic", List.of("shutdown", "pause", "exit-failure", "none"));
        CHOICES.put("watchdog", List.of("reset", "shutdown", "poweroff", "pause", "debug", "none", "inject-nmi"));
    }

    private final Map<String, String> chosen;

    private Actions(Map<String, String> chosen) {
        this.chosen = chosen;
    }

    Actions with(String event, String action) {
        List<String> possible = CHOICES.get(event);
        if (possible == null) {
            throw new IllegalArgumentException("There is no action for '" + event + "', only for " + CHOICES.keySet());
        }
        if (!possible.contains(action)) {
            throw new IllegalArgumentException("'" + event + "' takes one of " + possible + ", not '" + action + "'");
        }
        Map<String, String> more = new LinkedHashMap<>(chosen);
        more.put(event, action);
        return new Actions(more);
    }

    String on(String event) {
        return chosen.getOrDefault(
                event, Objects.requireNonNull(CHOICES.get(event)).get(0));
    }

    boolean is(String event, String action) {
        return on(event).equals(action);
    }
}
