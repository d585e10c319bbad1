package io.github.qmpreactive.console;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The newest entries of one machine, which any number of browsers follow, each at its own pace. */
final class Log {

    /** What is kept for browsers that come, or come back. */
    static final int KEPT = 500;

    /** How far a browser may fall behind, beside what is kept. */
    static final int BEHIND = 256;

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final Sinks.Many<Entry> entries = Sinks.many().replay().limit(KEPT);
    private long last;

    synchronized void add(
            String kind, String name, @Nullable String data, @Nullable String text, @Nullable Instant time) {
        Entry entry = new Entry(new Entry.Id(run, ++last), kind, name, data, text, time);
        entries.tryEmitNext(entry).orThrow();
    }

    int subscriptions() {
        return entries.currentSubscriberCount();
    }

    /**
     * What is kept, then what comes. Errors if the subscriber has fallen behind, after what was buffered for it.
     *
     * @param after the last that the browser has, if it comes back: it gets those after that, and before them {@code missed} if
     *     some of these are not kept any more
     */
    Flux<Entry> after(@Nullable String after) {
        Flux<Entry> all = entries.asFlux().onBackpressureBuffer(KEPT + BEHIND);
        if (after == null) {
            return all;
        }
        Entry.Id seen = Entry.Id.parse(after);
        if (!seen.run().equals(run)) {
            return all.startWith(missed(seen, "The console was started again"));
        }
        return all.filter(entry -> entry.id().number() > seen.number()).switchOnFirst((first, rest) -> {
            Entry next = first.get();
            return next != null && next.id().number() > seen.number() + 1
                    ? rest.startWith(missed(seen, (next.id().number() - seen.number() - 1) + " entries"))
                    : rest;
        });
    }

    private static Entry missed(Entry.Id seen, String text) {
        return new Entry(seen, "missed", "", null, text, null);
    }
}
