package io.github.qmpreactive.test.internal.log;

import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What was received on one connection, or on all of a server, as far as it is kept. Filled on the fakes' event loop, read
 * from any thread. A moment, as {@link #now()} returns it, leaves out the commands that came before it; 0 is the start.
 */
public final class Inbox extends History.Scope {

    static final int ALL = -1;
    private static final int MOST_TOLD = 20;

    /** Of each name the last command that is not kept any more; guarded by the history. */
    final Map<String, Long> dropped = new HashMap<>();

    private final Inboxes inboxes;
    private final int connection;
    private long bytes;

    Inbox(Inboxes inboxes, int connection) {
        this.inboxes = inboxes;
        this.connection = connection;
    }

    /** Adds bytes, which belong to the next command that is complete. */
    public void add(ByteBuf more) {
        bytes += more.readableBytes();
        inboxes.add(this, ByteBufUtil.getBytes(more));
    }

    public void add(Command command) {
        inboxes.add(this, command, bytes);
        bytes = 0;
    }

    public void end() {
        inboxes.history.end(this);
    }

    public long now() {
        return inboxes.now();
    }

    public byte[] bytes() {
        return inboxes.bytes(this);
    }

    /** Whether all commands since a moment are kept. */
    public boolean isComplete(long after) {
        synchronized (inboxes.history) {
            return dropped.values().stream().noneMatch(sequence -> sequence > after);
        }
    }

    /** Of all connections, those of one after those of the one before. */
    public List<Command> list(long after) {
        return inboxes.history.list().stream()
                .filter(wanted(after))
                .sorted(Comparator.comparingInt(entry -> entry.inbox().connection))
                .map(Inboxes.Entry::command)
                .toList();
    }

    /** Those that are kept, and those that come, in the order of arrival. */
    public Flux<Command> flux(long after) {
        return inboxes.history.flux(this, wanted(after), () -> null).map(Inboxes.Entry::command);
    }

    /** Errors if it is not known which one that is, since some were dropped. */
    public Mono<Command> find(long after, String name, int number) {
        Predicate<Inboxes.Entry> wanted = wanted(after);
        return inboxes.history
                .flux(
                        this,
                        entry -> wanted.test(entry) && entry.command().name().equals(name),
                        () -> problem(after, name))
                .skip(number)
                .next()
                .map(Inboxes.Entry::command);
    }

    private @Nullable Throwable problem(long after, String name) {
        return dropped.getOrDefault(name, 0L) > after
                ? new AssertionError("The first " + name + " on " + this + " was dropped: this fake keeps "
                        + inboxes.limits + "; wait with fromNow() for what is still to come")
                : null;
    }

    private Predicate<Inboxes.Entry> wanted(long after) {
        return entry -> entry.sequence() > after && (connection == ALL || entry.inbox() == this);
    }

    /** For a failure: one command a line, the last ones where there are many. */
    public String described(long after) {
        List<Command> commands = list(after);
        if (commands.isEmpty()) {
            return "; nothing was received";
        }
        int left = Math.max(0, commands.size() - MOST_TOLD);
        StringBuilder text = new StringBuilder("; this was received");
        text.append(left == 0 ? ":" : ", behind " + left + " other commands:");
        commands.stream().skip(left).forEach(command -> text.append("\n  ").append(JsonText.excerpt(command.raw())));
        return text.append(isComplete(after) ? "" : "\nOlder ones were dropped: this fake keeps " + inboxes.limits)
                .toString();
    }

    @Override
    public String toString() {
        return connection == ALL ? "any connection" : "connection " + connection;
    }
}
