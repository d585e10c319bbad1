package io.github.qmpreactive.test.internal.stub;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What went wrong at a running fake, the first 100 of it kept until told; safe for use by several threads. */
public final class Complaints {

    private static final int MOST = 100;

    private final Map<String, @Nullable Throwable> all = new LinkedHashMap<>();
    private long more;

    synchronized void add(String complaint, @Nullable Throwable cause) {
        if (all.size() < MOST || all.containsKey(complaint)) {
            all.putIfAbsent(complaint, cause);
        } else {
            more++;
        }
    }

    /** What there is to tell, with what was thrown; null if there is nothing, or it was told before. */
    public synchronized @Nullable AssertionError lastWord() {
        if (all.isEmpty()) {
            return null;
        }
        AssertionError error = new AssertionError(
                "At this fake:\n" + String.join("\n", all.keySet()) + (more == 0 ? "" : "\nand " + more + " more"));
        all.values().stream().filter(Objects::nonNull).forEach(error::addSuppressed);
        all.clear();
        more = 0;
        return error;
    }
}
