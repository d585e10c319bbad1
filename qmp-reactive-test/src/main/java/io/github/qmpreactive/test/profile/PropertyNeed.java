package io.github.qmpreactive.test.profile;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A need of a device driver: {@code device_add} fails unless one of some properties is given. Immutable.
 *
 * @param properties the properties, any of which meets the need; empty if none does
 * @param reason QEMU's description of the error; {@code {name}} stands for the value given for the property {@code name}
 */
public record PropertyNeed(List<String> properties, String reason) {

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

    /** Of the table: the properties, or a dash for none, a colon, the reason. */
    static PropertyNeed parse(String text) {
        String[] parts = text.split(": ", 2);
        return new PropertyNeed(parts[0].equals("-") ? List.of() : List.of(parts[0].split("\\|")), parts[1]);
    }

    /** {@return whether {@link #properties()} has a property that meets it} */
    public boolean canBeMet() {
        return !properties.isEmpty();
    }

    /**
     * Returns whether a device that is given these properties meets it.
     *
     * @param given the properties by name
     * @return whether one of {@link #properties()} is among them
     */
    public boolean isMetBy(Map<String, String> given) {
        return properties.stream().anyMatch(given::containsKey);
    }

    /**
     * Returns QEMU's error text for a device that is given these properties.
     *
     * @param given the properties by name
     * @return {@link #reason()} with the given values in it
     */
    public String reasonFor(Map<String, String> given) {
        return PLACE.matcher(reason)
                .replaceAll(place -> Matcher.quoteReplacement(given.getOrDefault(place.group(1), "")));
    }
}
