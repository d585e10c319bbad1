package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a verification takes at most unless it is told otherwise. */
public final class DefaultTimeout {

    public static final String PROPERTY = "qmp.verify.timeout";

    private static final Pattern SECONDS = Pattern.compile("\\d+");
    private static final Duration UNLESS_CHANGED = Duration.ofSeconds(10);

    private DefaultTimeout() {}

    /**
     * Returns 10 s, or what the property says.
     *
     * @throws IllegalArgumentException if it says no positive time
     */
    public static Duration get() {
        return parse(System.getProperty(PROPERTY));
    }

    static Duration parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return UNLESS_CHANGED;
        }
        String trimmed = text.strip();
        try {
            Duration timeout = Duration.parse(SECONDS.matcher(trimmed).matches() ? "PT" + trimmed + "S" : trimmed);
            if (!timeout.isNegative() && !timeout.isZero()) {
                return timeout;
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        throw new IllegalArgumentException("The system property " + PROPERTY + " is '" + text
                + "', but has to be a number of seconds above 0, as in 30, or a duration, as in PT30S");
    }
}
