package io.github.qmpreactive.test.internal.record;

import java.util.Locale;

/** Who it comes from. */
public enum Direction {
    /** What the client does. */
    CLIENT,
    /** What QEMU does. */
    SERVER;

    /** As it is written in the file. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
