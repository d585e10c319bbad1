package io.github.qmpreactive.test.internal.vm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What becomes of the machine when its guest reboots, shuts down, panics or hangs: QEMU's {@code -action}. Immutable. */
final class Actions {

    /** What can happen, what may be done then, QEMU's default first. */
    static final Map<String, List<String>> CHOICES = choices();

    static final Actions DEFAULT = new Actions(Map.of());

    private final Map<String, String> chosen;

    private Actions(Map<String, String> chosen) {
        this.chosen = chosen;
    }

    private static Map<String, List<String>> choices() {
        Map<String, List<String>> choices = new LinkedHashMap<>();
        choices.put("reboot", List.of("reset", "shutdown"));
        choices.put("shutdown", List.of("poweroff", "pause"));
        choices.put("panic", List.of("shutdown", "pause", "exit-failure", "none"));
        choices.put("watchdog", List.of("reset", "shutdown", "poweroff", "pause", "debug", "none", "inject-nmi"));
        return choices;
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

    private boolean is(String event, String action) {
        List<String> possible = CHOICES.getOrDefault(event, List.of("none"));
        return chosen.getOrDefault(event, possible.get(0)).equals(action);
    }

    boolean rebootShutsDown() {
        return is("reboot", "shutdown");
    }

    boolean shutdownPauses() {
        return is("shutdown", "pause");
    }

    boolean panicPauses() {
        return is("panic", "pause") || (is("panic", "shutdown") && shutdownPauses());
    }

    boolean panicIsIgnored() {
        return is("panic", "none");
    }

    String watchdog() {
        return chosen.getOrDefault("watchdog", "reset");
    }
}
