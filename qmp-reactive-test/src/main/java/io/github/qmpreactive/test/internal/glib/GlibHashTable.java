package io.github.qmpreactive.test.internal.glib;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of strings that are in the order in which GLib's {@code GHashTable} with {@code g_str_hash} has them (2.58 and
 * later). Not thread-safe.
 */
public final class GlibHashTable {

    private static final int MIN_SHIFT = 3;

    /** For 2 to the power of the index. */
    private static final int[] MODULI = {
        1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287,
        1048573, 2097143, 4194301
    };

    /** In place of a string that was removed. */
    private static final String TOMBSTONE = new String("");

    private @Nullable String[] slots = new @Nullable String[1 << MIN_SHIFT];
    private int shift = MIN_SHIFT;
    private int count;
    private int occupied;

    /** One without strings. */
    public GlibHashTable() {}

    /**
     * Adds a string.
     *
     * @param key one that is not there yet
     */
    public void add(String key) {
        int slot = home(key);
        int free = -1;
        for (int step = 1; slots[slot] != null; step++) {
            free = free < 0 && isTombstone(slot) ? slot : free;
            slot = next(slot, step);
        }
        count++;
        if (free >= 0) {
            slots[free] = key;
        } else {
            slots[slot] = key;
            occupied++;
            resizeIfNeeded();
        }
    }

    /**
     * Removes a string, as {@code g_hash_table_remove} does.
     *
     * @param key one that is there
     */
    public void remove(String key) {
        removeInPlace(key);
        resizeIfNeeded();
    }

    /**
     * Removes a string, as {@code g_hash_table_iter_remove} does: nothing is moved.
     *
     * @param key one that is there
     */
    public void removeInPlace(String key) {
        int slot = home(key);
        for (int step = 1; isTombstone(slot) || !key.equals(slots[slot]); step++) {
            slot = next(slot, step);
        }
        slots[slot] = TOMBSTONE;
        count--;
    }

    /**
     * The strings that are there.
     *
     * @return a new list, in the table's order
     */
    public List<String> keys() {
        List<String> keys = new ArrayList<>(count);
        for (int slot = 0; slot < slots.length; slot++) {
            String key = slots[slot];
            if (key != null && !isTombstone(slot)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private void resizeIfNeeded() {
        int size = slots.length;
        boolean tooLarge = size > count * 4 && size > 1 << MIN_SHIFT;
        if (tooLarge || size <= occupied + occupied / 16) {
            resize();
        }
    }

    /** In place, as GLib does it: an entry in the way of one that is moved is moved next. */
    private void resize() {
        int oldSize = slots.length;
        shift = Math.max(MIN_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros((int) (count * 1.333)));
        slots = Arrays.copyOf(slots, Math.max(oldSize, 1 << shift));
        boolean[] moved = new boolean[slots.length];
        for (int i = 0; i < oldSize; i++) {
            if (!moved[i]) {
                String key = isTombstone(i) ? null : slots[i];
                slots[i] = null;
                while (key != null) {
                    key = move(key, moved);
                }
            }
        }
        slots = Arrays.copyOf(slots, 1 << shift);
        occupied = count;
    }

    /** Puts a string where it belongs; returns the one that was there, if that has not been moved yet. */
    private @Nullable String move(String key, boolean[] moved) {
        int slot = home(key);
        for (int step = 1; moved[slot]; step++) {
            slot = next(slot, step);
        }
        moved[slot] = true;
        String replaced = isTombstone(slot) ? null : slots[slot];
        slots[slot] = key;
        return replaced;
    }

    // By identity: the empty string may be a key.
    @SuppressWarnings("ReferenceEquality")
    private boolean isTombstone(int slot) {
        return slots[slot] == TOMBSTONE;
    }

    private int home(String key) {
        return Integer.remainderUnsigned(hash(key) * 11, MODULI[shift]);
    }

    private int next(int slot, int step) {
        return slot + step & (1 << shift) - 1;
    }

    private static int hash(String key) {
        int hash = 5381;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            hash = hash * 33 + b;
        }
        return hash;
    }
}
