package io.github.qmpreactive.test;

import java.util.HashMap;
import java.util.Map;

/** What is not kept any more of the commands of one connection, or of all. Guarded by its log. */
final class Dropped {

    private static final int MOST_NAMES = 1000;

    private final Map<String, Long> last = new HashMap<>();
    private long lastOther;
    private long lastOfAll;
    private long count;

    void add(String name, long sequence) {
        count++;
        lastOfAll = sequence;
        if (last.size() < MOST_NAMES || last.containsKey(name)) {
            last.put(name, sequence);
        } else {
            lastOther = sequence;
        }
    }

    /** Whether a command of this name was dropped that came after a moment; also if it is not known. */
    boolean has(String name, long after) {
        return last.getOrDefault(name, lastOther) > after;
    }

    boolean hasAny(long after) {
        return lastOfAll > after;
    }

    long count() {
        return count;
    }
}
