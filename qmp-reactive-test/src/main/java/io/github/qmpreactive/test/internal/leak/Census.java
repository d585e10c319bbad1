package io.github.qmpreactive.test.internal.leak;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Counts something of which a test has to leave no more than it found. */
public interface Census<T> {

    /** Counts. */
    Set<T> take();

    /**
     * Says what is too much.
     *
     * @return each as people call it; not those that do not matter
     */
    List<String> describe(Collection<T> more);
}
