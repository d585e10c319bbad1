package io.github.qmpreactive.internal.listen;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.transport.ConnectionLease;
import io.github.qmpreactive.internal.transport.FirstBytes;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/**
 * The handshakes of a listener that are under way. While a connection waits for one of them to end, the oldest gives way:
 * first one whose other side has sent nothing, for a monitor greets at once. How long it may be silent halves each time, so
 * that any number of silent connections is gone within seconds. Confined to the event loop of the listener.
 */
final class HandshakeSlots {

    /** In nanoseconds, as all times here. */
    private static final long LONGEST_SILENCE = TimeUnit.SECONDS.toNanos(1);

    private static final long SHORTEST_SILENCE = TimeUnit.MILLISECONDS.toNanos(4);

    /** Of a handshake whose other side has sent something. */
    private static final long SLOWNESS = TimeUnit.SECONDS.toNanos(1);

    /** So long after the last one has given way the next one may be silent for longest again. */
    private static final long CALM = TimeUnit.SECONDS.toNanos(10);

    /** One handshake. */
    static final class Slot {
        final ConnectionLease lease = new ConnectionLease();
        private final Connection connection;
        private final FirstBytes heard;
        private final long since = now();
        private @Nullable ConnectError gaveWay;

        private Slot(Connection connection) {
            this.connection = connection;
            this.heard = FirstBytes.of(connection.channel());
            // Closes the channel alone: the session is to see that, and to end.
            lease.hold(() -> {
                var unused = connection.channel().close();
            });
        }

        /** Why the handshake had to give way, if it had to. */
        @Nullable
        ConnectError gaveWay() {
            return gaveWay;
        }
    }

    private final SessionLoop loop;
    private final String name;
    private final Runnable onChange;
    private final Set<Slot> slots = new LinkedHashSet<>();
    private final Disposable.Swap timer = Disposables.swap();
    private @Nullable Slot leaving;
    private long silence = LONGEST_SILENCE;
    private long lastGaveWay = now();

    HandshakeSlots(SessionLoop loop, String name, Runnable onChange) {
        this.loop = loop;
        this.name = name;
        this.onChange = onChange;
    }

    int size() {
        return slots.size();
    }

    Slot add(Connection connection) {
        assert loop.isCurrent();
        Slot slot = new Slot(connection);
        slots.add(slot);
        return slot;
    }

    /** Returns false if the handshake had ended before. */
    boolean remove(Slot slot) {
        assert loop.isCurrent();
        if (leaving == slot) {
            leaving = null;
        }
        return slots.remove(slot);
    }

    void giveUpAll() {
        assert loop.isCurrent();
        timer.dispose();
        List.copyOf(slots).forEach(slot -> slot.lease.giveUp());
    }

    /** A connection waits for a slot. */
    void makeRoom() {
        assert loop.isCurrent();
        if (leaving != null || slots.isEmpty()) {
            return;
        }
        if (now() - lastGaveWay > CALM) {
            silence = LONGEST_SILENCE;
        }
        Slot oldest = slots.stream()
                .filter(slot -> !slot.heard.seen())
                .findFirst()
                .orElseGet(() -> slots.iterator().next());
        boolean silent = !oldest.heard.seen();
        long left = (silent ? silence : SLOWNESS) - (now() - oldest.since);
        if (left > 0) {
            timer.update(loop.schedule(Duration.ofNanos(left), onChange));
        } else {
            leaving = oldest;
            lookAgain(oldest, silent);
        }
    }

    /** What has come may wait to be read, on an event loop that is busy: it looks at its sockets before what is due later. */
    private void lookAgain(Slot slot, boolean silent) {
        Runnable decide = () -> loop.execute(() -> decide(slot, silent));
        try {
            var unused = slot.connection.channel().eventLoop().schedule(decide, 1, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            decide(slot, silent);
        }
    }

    private void decide(Slot slot, boolean silent) {
        if (leaving != slot) {
            return;
        }
        if (silent && slot.heard.seen()) {
            leaving = null;
            onChange.run();
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(now() - slot.since);
        String what = silent ? "A connection sent nothing for " : "A handshake was not complete after ";
        slot.gaveWay = new ConnectError(
                silent ? Reason.NO_GREETING : Reason.NO_NEGOTIATION_REPLY,
                "[" + name + "] " + what + millis + " ms, and another connection waited for its place"
                        + " (maxHandshakes); the connection was closed",
                null);
        lastGaveWay = now();
        if (silent) {
            silence = Math.max(silence / 2, SHORTEST_SILENCE);
        }
        slot.lease.giveUp();
    }

    private static long now() {
        return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
    }
}
