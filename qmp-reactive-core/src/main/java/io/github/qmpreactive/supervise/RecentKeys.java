package io.github.qmpreactive.supervise;

import java.util.LinkedHashSet;
import java.util.Set;

/** The keys that were logged, so that a QEMU that connects each second is logged once. Bounded, since peers choose them. */
final class RecentKeys {

    private static final int MOST = 100;

    private final Set<String> keys = new LinkedHashSet<>();

    boolean contains(String key) {
        return keys.contains(key);
    }

    void add(String key) {
        keys.add(key);
        if (keys.size() > MOST) {
            keys.remove(keys.iterator().next());
        }
    }
}
