package io.github.qmpreactive.test.vm;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a driver asks for: one of these properties at least, or else QEMU has a reason to refuse it. */
record Terms(List<String> properties, String reason) {

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

    /** Of {@code drivers.txt}: the properties, or a dash for none, a colon, the reason. */
    static Terms parse(String text) {
        String[] parts = text.split(": ", 2);
        return new Terms(parts[0].equals("-") ? List.of() : Arrays.asList(parts[0].split("\\|")), parts[1]);
    }

    boolean canBeMet() {
        return !properties.isEmpty();
    }

    boolean areMetBy(DeviceOptions options) {
        return properties.stream().anyMatch(options::has);
    }

    /** The reason, with what was given for other properties in it. */
    QmpRefusal refusal(DeviceOptions options) {
        return QmpRefusal.generic(
                PLACE.matcher(reason).replaceAll(place -> Matcher.quoteReplacement(options.get(place.group(1), ""))));
    }
}
