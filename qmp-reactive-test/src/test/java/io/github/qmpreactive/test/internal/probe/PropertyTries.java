package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gives properties values that they do not take. Not thread-safe. */
final class PropertyTries implements AutoCloseable {

    private static final String ID = "probe";

    /** What no backend, device or choice is called. */
    private static final String NOTHING = "p-none";

    /** A backend of a type that no property takes. */
    private static final String OTHER = "p-secret";

    private static final Pattern OWNED = Pattern.compile("Property '([^.']+)\\.[^']+' (can't find|doesn't take).*");
    private static final Pattern CHOICES = Pattern.compile("(?:.*[ :(])?([\\w.-]+(?:/[\\w.-]+)+)\\)?");

    private final QemuLauncher qemu;
    private @Nullable ProbeMachine machine;

    private int count;

    PropertyTries(QemuLauncher qemu) {
        this.qemu = qemu.withArgs("-object", "secret,id=" + OTHER + ",data=x");
    }

    /** The columns of a property's kind. */
    String kind(String driver, String name, String type, String description) {
        Optional<String> text = reason(driver, name, NOTHING);
        String what = text.map(reason -> what(name, type, description, reason)).orElse("text");
        Map<String, String> reasons = new LinkedHashMap<>();
        if (!what.equals("text")) {
            text.ifPresent(reason -> reasons.put("string", reason));
        }
        reason(driver, name, 5).ifPresent(reason -> reasons.put("number", reason.replace("'5'", "'{value}'")));
        reason(driver, name, true).ifPresent(reason -> reasons.put("bool", reason.replace("'on'", "'{value}'")));
        reason(driver, name, List.of()).ifPresent(reason -> reasons.put("other", reason));
        if (what.startsWith("object")) {
            reason(driver, name, OTHER).ifPresent(reason -> reasons.put("type", reason));
        }
        return what
                + reasons.entrySet().stream()
                        .map(reason -> "\t" + reason.getKey() + "=" + reason.getValue())
                        .collect(Collectors.joining());
    }

    /** The type that QEMU names as that of a property. */
    String owner(String driver, String name) {
        return refusal(driver, name, NOTHING)
                .map(OWNED::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .orElse(driver);
    }

    private String what(String name, String type, String description, String reason) {
        if (reason.contains("'on' or 'off'") || reason.endsWith("expected: boolean")) {
            return "bool";
        }
        if (reason.endsWith("expects size")) {
            return "size";
        }
        if (reason.endsWith("expects integer")
                || reason.endsWith("expected: integer")
                || reason.endsWith("expects uint64")) {
            return "integer";
        }
        Matcher choices = CHOICES.matcher(description);
        if (reason.contains("does not accept value") && choices.matches()) {
            return "choice " + String.join(" ", Arrays.asList(choices.group(1).split("/")));
        }
        if (reason.endsWith("can't find value '{value}'") || reason.equals(name + " '{value}' not found")) {
            return reference(name, description);
        }
        if (reason.equals("Device '{value}' not found") && type.startsWith("link<") && !type.equals("link<device>")) {
            return "object " + String.join(" ", implementations(type.substring(5, type.length() - 1)));
        }
        return "text";
    }

    private static String reference(String name, String description) {
        if (description.contains("block device")) {
            return "blockdev";
        }
        return List.of("netdev", "chardev", "audiodev").stream()
                .filter(kind -> description.contains(kind) || name.equals(kind))
                .findFirst()
                .orElse("text");
    }

    private List<String> implementations(String type) {
        return machine()
                .execute("qom-list-types", Map.of("implements", type))
                .valueStream()
                .map(one -> one.path("name").asString(""))
                .sorted()
                .toList();
    }

    /** Why a property does not take a value; empty if it does, or if what QEMU says is not about the value. */
    private Optional<String> reason(String driver, String name, Object value) {
        return refusal(driver, name, value)
                .filter(reason -> reason.startsWith("Parameter '" + name + "'")
                        || reason.startsWith("Invalid parameter type for '" + name + "'")
                        || reason.equals("Device '" + value + "' not found")
                        || reason.equals(name + " '" + value + "' not found")
                        || (OWNED.matcher(reason).matches() && reason.contains("." + name + "'")))
                .map(reason -> reason.replaceFirst("^Property '[^.']+\\.", "Property '{owner}.")
                        .replace("'" + name + "'", "'{name}'")
                        .replace("." + name + "'", ".{name}'")
                        .replace("'" + NOTHING + "'", "'{value}'"));
    }

    private Optional<String> refusal(String driver, String name, Object value) {
        try {
            // What is added stays: properties are looked at before there has to be room for the device.
            return machine().refusal("device_add", Map.of("driver", driver, "id", ID + count++, name, value));
        } catch (ProbeMachine.Ended e) {
            // For a value that QEMU cannot cope with.
            close();
            return Optional.empty();
        }
    }

    private ProbeMachine machine() {
        if (machine == null) {
            machine = new ProbeMachine(qemu);
        }
        return machine;
    }

    @Override
    public void close() {
        if (machine != null) {
            machine.close();
            machine = null;
        }
    }
}
