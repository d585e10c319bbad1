package io.github.qmpreactive.internal.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The names of members, of which there are few and which come again and again: one string for each, whichever session
 * reads it. Threads may overwrite each other's, and then make one once more; a string that is seen at all is whole.
 */
final class NameCache {

    private static final int SIZE = 1024;
    static final int MAX_LENGTH = 48;

    private static final @Nullable String[] KNOWN = new @Nullable String[SIZE];

    private NameCache() {}

    /** The string of ASCII bytes with this hash, computed as that of a string. */
    static String of(byte[] bytes, int offset, int length, int hash) {
        if (length > MAX_LENGTH) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        int slot = (hash ^ hash >>> 10) & SIZE - 1;
        String known = KNOWN[slot];
        if (known != null && known.hashCode() == hash && isSame(known, bytes, offset, length)) {
            return known;
        }
        String name = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        KNOWN[slot] = name;
        return name;
    }

    private static boolean isSame(String known, byte[] bytes, int offset, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != bytes[offset + i]) {
                return false;
            }
        }
        return true;
    }
}
