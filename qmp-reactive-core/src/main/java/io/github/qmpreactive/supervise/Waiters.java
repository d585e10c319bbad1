package io.github.qmpreactive.supervise;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import reactor.core.publisher.MonoSink;

/** Subscribers that wait for one thing. Used in turns. */
final class Waiters<T> {

    private final Set<MonoSink<T>> sinks = new LinkedHashSet<>(4);

    void add(MonoSink<T> sink) {
        sinks.add(sink);
    }

    void remove(MonoSink<T> sink) {
        sinks.remove(sink);
    }

    boolean isEmpty() {
        return sinks.isEmpty();
    }

    /** Ends the waiting of all that wait now. */
    void release(Consumer<MonoSink<T>> signal) {
        List<MonoSink<T>> all = new ArrayList<>(sinks);
        sinks.clear();
        all.forEach(signal);
    }
}
