package io.github.qmpreactive.internal.commands;

import java.time.Duration;

/**
 * A limit, and where it was set.
 *
 * @param duration how long
 * @param setting its name, for errors
 */
public record TimeLimit(Duration duration, String setting) {

    /** The limit and its setting, as errors say it. */
    @Override
    public String toString() {
        return duration.toMillis() + " ms (" + setting + ")";
    }
}
