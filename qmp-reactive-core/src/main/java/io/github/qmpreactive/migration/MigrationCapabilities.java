package io.github.qmpreactive.migration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The capabilities of migration: which are set, and which are to be. */
final class MigrationCapabilities {

    private static final String RETURN_PATH = "return-path";
    private static final String PAUSE = "pause-before-switchover";
    private static final String SNAPSHOT = "background-snapshot";

    private MigrationCapabilities() {}

    /**
     * Those of a source.
     *
     * @param wasSnapshot whether an earlier one has set that, which QEMU keeps
     */
    static Map<String, Boolean> ofSource(
            MigrationOptions options, MigrationAddress address, boolean hasDestination, boolean wasSnapshot) {
        Map<String, Boolean> all = new LinkedHashMap<>();
        if (isSnapshot(options)) {
            all.put(RETURN_PATH, false);
        } else {
            address.hasReturnPath().ifPresent(has -> all.put(RETURN_PATH, has));
            // Not always: QEMU before 6.0 does not know it.
            if (wasSnapshot) {
                all.put(SNAPSHOT, false);
            }
        }
        // So that a cancel cannot cross with the switch, which begins only when this client continues. No guest runs
        // from
        // a snapshot, and QEMU refuses both together.
        boolean mayRun = (hasDestination || address.mayBeMachine()) && !isSnapshot(options);
        all.put(PAUSE, options.cancelsMigrationOnCancel() && mayRun);
        return complete(options, all);
    }

    static Map<String, Boolean> ofDestination(MigrationOptions options) {
        return complete(options, new LinkedHashMap<>());
    }

    private static Map<String, Boolean> complete(MigrationOptions options, Map<String, Boolean> all) {
        all.put("events", true);
        all.putAll(options.capabilities());
        if (options.preSwitchover().isPresent()) {
            all.replace(PAUSE, true);
        }
        return all;
    }

    /** Why a source cannot have these options, if it cannot: a snapshot leaves the guest running, and there is no switch. */
    static Optional<String> contradiction(MigrationOptions options, boolean hasDestination) {
        if (!isSnapshot(options)) {
            return Optional.empty();
        }
        if (hasDestination) {
            return Optional.of(
                    "background-snapshot leaves the guest running at the source, and the destination would run it,"
                            + " too: give no session of a destination, and a file");
        }
        return options.preSwitchover()
                .map(work ->
                        "preSwitchover stops the guest before the switch, and with background-snapshot there is none:"
                                + " leave out one of them");
    }

    static boolean isSnapshot(MigrationOptions options) {
        return Boolean.TRUE.equals(options.capabilities().get(SNAPSHOT));
    }

    static boolean waitsBeforeSwitch(JsonNode now) {
        return now.valueStream()
                .anyMatch(each -> each.path("capability").asString("").equals(PAUSE)
                        && each.path("state").asBoolean(false));
    }

    /** Returns the arguments of {@code migrate-set-capabilities} that set each capability to its value. */
    static Map<String, ?> arguments(Map<String, Boolean> all) {
        List<Map<String, Object>> list = all.entrySet().stream()
                .map(each -> Map.<String, Object>of("capability", each.getKey(), "state", each.getValue()))
                .toList();
        return Map.of("capabilities", list);
    }
}
