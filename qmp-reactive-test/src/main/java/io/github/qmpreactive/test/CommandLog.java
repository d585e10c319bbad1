package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.schema.Excerpt;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The newest commands of all connections of a server. Filled on the event loop of the fakes, read from anywhere. */
final class CommandLog {

    private static final Logger LOG = Loggers.getLogger(RunningFakeQmpServer.class);
    private static final int MOST_TOLD = 20;

    /** One connection, or all of them. */
    static final class Source {
        private final int number;
        private final String name;
        private final History.Scope scope = new History.Scope();
        private final Dropped dropped = new Dropped();
        private long bytes;

        private Source(int number, String name) {
            this.number = number;
            this.name = name;
        }

        String name() {
            return name;
        }
    }

    private record Entry(long sequence, Source source, ReceivedCommand command, long bytes) {}

    private final Kept limits;
    private final History<Entry> history;
    private final Source all = new Source(-1, "any connection");
    private long sequence;
    private long keptBytes;

    CommandLog(Kept limits) {
        this.limits = limits;
        this.history = new History<>(limits.commands());
    }

    Source all() {
        return all;
    }

    Source connection(int number) {
        return new Source(number, "connection " + number);
    }

    /** Bytes came, for the next command that is complete. */
    void count(Source source, int bytes) {
        source.bytes += bytes;
    }

    void add(Source source, ReceivedCommand command) {
        long bytes = source.bytes;
        source.bytes = 0;
        history.add(new Entry(next(), source, command, bytes), this::trim);
    }

    void end(Source source) {
        history.end(source.scope);
    }

    synchronized long now() {
        return sequence;
    }

    private synchronized long next() {
        return ++sequence;
    }

    private void trim(Deque<Entry> kept) {
        keptBytes += kept.getLast().bytes;
        while (kept.size() > limits.commands() || (keptBytes > limits.bytes() && kept.size() > 1)) {
            Entry oldest = kept.remove();
            keptBytes -= oldest.bytes;
            if (all.dropped.count() == 0) {
                LOG.warn("A fake drops the oldest commands that it received: it keeps {}", limits);
            }
            oldest.source.dropped.add(oldest.command.name(), oldest.sequence);
            all.dropped.add(oldest.command.name(), oldest.sequence);
        }
    }

    boolean isComplete(Source source, long after) {
        synchronized (history) {
            return !source.dropped.hasAny(after);
        }
    }

    /** Of all connections, those of one after those of the one before. */
    List<ReceivedCommand> list(Source source, long after) {
        return history.list().stream()
                .filter(wanted(source, after))
                .sorted(Comparator.comparingInt(entry -> entry.source.number))
                .map(Entry::command)
                .toList();
    }

    Flux<ReceivedCommand> flux(Source source, long after) {
        return history.flux(source.scope, wanted(source, after), () -> null).map(Entry::command);
    }

    /** Errors if it is not known which one that is, since some were dropped. */
    Mono<ReceivedCommand> find(Source source, long after, String name, int number) {
        Predicate<Entry> wanted = wanted(source, after);
        return history.flux(
                        source.scope,
                        entry -> wanted.test(entry) && entry.command.name().equals(name),
                        () -> problem(source, after, name))
                .skip(number)
                .next()
                .map(Entry::command);
    }

    private @Nullable Throwable problem(Source source, long after, String name) {
        return source.dropped.has(name, after)
                ? new AssertionError("The first " + name + " on " + source.name + " was dropped: this fake keeps "
                        + limits + "; wait with fromNow() for what is still to come")
                : null;
    }

    private Predicate<Entry> wanted(Source source, long after) {
        return entry -> entry.sequence > after && (source == all || entry.source == source);
    }

    /** For a failure: one command a line, the last ones where there are many. */
    String described(Source source, long after) {
        List<ReceivedCommand> commands = list(source, after);
        if (commands.isEmpty()) {
            return "; nothing was received";
        }
        int left = Math.max(0, commands.size() - MOST_TOLD);
        StringBuilder text = new StringBuilder("; this was received");
        text.append(left == 0 ? ":" : ", behind " + left + " other commands:");
        commands.stream().skip(left).forEach(command -> text.append("\n  ").append(Excerpt.of(command.raw())));
        return text.append(isComplete(source, after) ? "" : "\nOlder ones were dropped: this fake keeps " + limits)
                .toString();
    }
}
