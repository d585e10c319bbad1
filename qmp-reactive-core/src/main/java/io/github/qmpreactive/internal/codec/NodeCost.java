package io.github.qmpreactive.internal.codec;

import java.util.Arrays;

/**
 * What the tree of a message takes in memory, which may be many times its bytes: an empty object is two bytes of a message
 * and eighty of the heap. An estimate, made before the tree, and only of messages that are large enough to matter.
 */
final class NodeCost {

    /** How many times the limit of a message its tree may take. */
    static final int FACTOR = 8;

    /** No byte of a message costs more. */
    private static final int MOST = 80;

    private static final long ALWAYS_ALLOWED = 64 * 1024;
    private static final int CONTAINER = 80;
    private static final int FIRST_CHILD = 80;
    private static final int MEMBER = 48;
    private static final int STRING = 64;
    private static final int NAME = 48;
    private static final int NUMBER = 24;
    private static final int ELEMENT = 6;

    /** As many names as are kept as one string each. */
    private static final int NAMES = 1024;

    /** Behind the end of the last name of each slot, and its length. */
    private final int[] ends = new int[NAMES];

    private final int[] lengths = new int[NAMES];
    private long cost;

    private NodeCost() {}

    /** Whether the tree would take more than a message of this limit may. */
    static boolean isTooHigh(byte[] bytes, int offset, int length, int limit) {
        long allowed = Math.max((long) FACTOR * limit, ALWAYS_ALLOWED);
        if ((long) MOST * length <= allowed) {
            return false;
        }
        NodeCost cost = new NodeCost();
        cost.scan(bytes, offset, offset + length, allowed);
        return cost.cost > allowed;
    }

    private void scan(byte[] bytes, int from, int end, long allowed) {
        boolean number = false;
        boolean opened = false;
        int i = from;
        while (i < end && cost <= allowed) {
            byte b = bytes[i++];
            if (b <= ' ' && b >= 0) {
                continue;
            }
            if (opened && b != '}' && b != ']') {
                cost += FIRST_CHILD;
            }
            opened = b == '{' || b == '[';
            boolean digit = (b >= '0' && b <= '9') || b == '-';
            if (digit && !number) {
                cost += NUMBER;
            }
            number = digit || (number && (b == '.' || b == 'e' || b == 'E' || b == '+'));
            switch (b) {
                case '{', '[' -> cost += CONTAINER;
                case ':' -> cost += MEMBER;
                case ',' -> cost += ELEMENT;
                case '"' -> i = string(bytes, i, end);
                default -> {}
            }
        }
    }

    /** Behind the closing quote. */
    private int string(byte[] bytes, int start, int end) {
        int hash = 0;
        boolean wide = false;
        int i = start;
        while (i < end && bytes[i] != '"') {
            hash = 31 * hash + bytes[i];
            boolean escape = bytes[i] == '\\';
            wide |= bytes[i] < 0 || (escape && i + 1 < end && bytes[i + 1] == 'u');
            i += escape ? 2 : 1;
        }
        int length = Math.min(i, end) - start;
        // One wide character makes two bytes of each.
        int size = wide ? 2 * length : length;
        int next = i + 1;
        while (next < end && bytes[next] <= ' ' && bytes[next] >= 0) {
            next++;
        }
        boolean isName = next < end && bytes[next] == ':';
        if (!isName) {
            cost += STRING + size;
        } else {
            int slot = (hash ^ hash >>> 10) & NAMES - 1;
            int last = ends[slot] - lengths[slot];
            if (wide
                    || length > NameCache.MAX_LENGTH
                    || !Arrays.equals(bytes, start, start + length, bytes, last, ends[slot])) {
                cost += NAME + size;
            }
            ends[slot] = start + length;
            lengths[slot] = length;
        }
        return i + 1;
    }
}
