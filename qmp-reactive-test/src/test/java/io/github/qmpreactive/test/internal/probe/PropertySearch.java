package io.github.qmpreactive.test.internal.probe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Looks for the properties that a driver needs: those that change QEMU's reason to refuse a device. Not thread-safe.
 */
final class PropertySearch {

    private static final int ROUNDS = 3;

    /** By bus, a driver whose properties all devices there have; no driver needs one of these. */
    private static final Map<String, String> PLAIN =
            Map.of("pci", "pci-testdev", "usb", "usb-mouse", "other", "usb-mouse");

    /** Reasons that lie in this computer, not in what the device was given. */
    private static final Pattern OUTSIDE = Pattern.compile("No such file|Protocol error|in use$|requires kvm");

    private final Supplier<ProbeMachine> machine;
    private final Runnable discard;
    private final Map<String, Object> given = new HashMap<>();
    private final Map<String, Object> candidates = new LinkedHashMap<>();
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private boolean added;

    /**
     * A search for the properties of a driver.
     *
     * @param machine the machine to try on, which is another one after each {@code discard}
     * @param discard ends the machine
     * @param bus {@code "pci"} or {@code "usb"}
     */
    PropertySearch(Supplier<ProbeMachine> machine, Runnable discard, String bus, String driver, String id) {
        this.machine = machine;
        this.discard = discard;
        given.put("id", id);
        given.put("driver", driver);
        Set<String> everywhere = new HashSet<>();
        properties(PLAIN.getOrDefault(bus, driver)).forEach(property -> everywhere.add(name(property)));
        for (JsonNode property : properties(driver)) {
            if (!everywhere.contains(name(property))) {
                Backends.valueFor(
                                name(property),
                                property.path("type").asString(""),
                                property.path("description").asString(""))
                        .filter(value -> !bus.equals("other") || value instanceof String)
                        .ifPresent(value -> candidates.put(name(property), value));
            }
        }
    }

    private JsonNode properties(String typeName) {
        return machine.get().execute("device-list-properties", Map.of("typename", typeName));
    }

    private static String name(JsonNode property) {
        return property.path("name").asString("");
    }

    /** Whether the device was added in the end. */
    boolean isAdded() {
        return added;
    }

    /** The properties it was added with. */
    Map<String, Object> properties() {
        return properties;
    }

    /** A column for each need, one behind the other. */
    List<String> needs(String first) {
        List<String> columns = new ArrayList<>();
        Optional<String> reason = Optional.of(first);
        // With the backends there, it may be another one.
        if (add().isEmpty()) {
            added = true;
            return columns(columns, first, List.of("-"));
        }
        for (int round = 0; round < ROUNDS && reason.filter(this::canBeMet).isPresent(); round++) {
            List<String> helping = helping(reason.get());
            if (!helping.isEmpty()) {
                columns(columns, reason.get(), helping);
                give(helping.get(0));
            } else if (!addAllLinks(columns, reason.get())) {
                break;
            }
            try {
                reason = add();
                added = reason.isEmpty();
            } catch (ProbeMachine.Ended e) {
                discard.run();
                break;
            }
        }
        return columns.isEmpty() ? columns(columns, first, List.of("-")) : columns;
    }

    private boolean canBeMet(String reason) {
        return !OUTSIDE.matcher(reason).find();
    }

    /** Some devices are refused for the same reason until each of several links is given. */
    private boolean addAllLinks(List<String> columns, String reason) {
        List<String> links = candidates.keySet().stream()
                .filter(name -> Backends.isLink(candidates.get(name)) && !given.containsKey(name))
                .sorted()
                .toList();
        links.forEach(name -> given.put(name, candidates.get(name)));
        boolean help = links.size() > 1 && helps("", reason);
        given.keySet().removeAll(links);
        if (help) {
            links.forEach(name -> {
                columns(columns, reason, List.of(name));
                give(name);
            });
        }
        return help;
    }

    private void give(String name) {
        properties.put(name, candidates.get(name));
        given.put(name, candidates.get(name));
    }

    /** The column of what it needs if there is such a device already. */
    List<String> once(String reason) {
        List<String> helping = helping(reason);
        return List.of("once " + (helping.isEmpty() ? "-" : String.join("|", helping)) + ": " + reason);
    }

    private List<String> columns(List<String> columns, String reason, List<String> helping) {
        columns.add("needs " + String.join("|", helping) + ": " + withPlaces(reason));
        return columns;
    }

    private String withPlaces(String reason) {
        String text = reason.replace(String.valueOf(given.get("id")), "{id}");
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            text = text.replace(String.valueOf(property.getValue()), "{" + property.getKey() + "}");
        }
        return text;
    }

    /** The properties with which the reason is another one, or none. */
    private List<String> helping(String reason) {
        List<String> helping = new ArrayList<>();
        List<String> fatal = new ArrayList<>();
        for (Map.Entry<String, Object> candidate : candidates.entrySet()) {
            String name = candidate.getKey();
            if (!given.containsKey(name)) {
                given.put(name, candidate.getValue());
                try {
                    if (helps(name, reason)) {
                        helping.add(name);
                    }
                } catch (ProbeMachine.Ended e) {
                    // So the reason is gone, but maybe for a value that QEMU cannot cope with.
                    discard.run();
                    fatal.add(name);
                }
                given.remove(name);
            }
        }
        List<String> found = helping.isEmpty() ? fatal : helping;
        found.sort(null);
        return found;
    }

    private boolean helps(String name, String reason) {
        Optional<String> other = add();
        if (other.isEmpty()) {
            DriverBench.remove(machine.get(), String.valueOf(given.get("id")));
        }
        return !other.equals(Optional.of(reason)) && !isRefused(name, other.orElse(null));
    }

    /** Whether the value itself does not fit. */
    private static boolean isRefused(String name, @Nullable String reason) {
        return reason != null
                && !reason.endsWith("in use")
                && (reason.startsWith("Property '")
                        || reason.startsWith("Parameter '" + name + "'")
                        || reason.startsWith("Invalid parameter type for '" + name + "'"));
    }

    private Optional<String> add() {
        return machine.get().refusal("device_add", given);
    }
}
