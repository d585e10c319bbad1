package io.github.qmpreactive.supervise;

import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one subscriber to events. Sessions fill it directly, so that it is bounded also while the subscriber is busy.
 * Between two events there is at most one gap.
 */
final class EventBuffer {

    private final String name;
    private final EventOptions options;
    private final boolean lasting;
    private final ArrayDeque<SupervisedEvent> waiting = new ArrayDeque<>();
    private int events;
    private int holds;

    /** Events of sessions up to this number are left out. */
    private long over;

    /** The gap since which there is no session, until there is one. */
    private @Nullable Gap pause;

    private volatile boolean ended;
    private @Nullable Throwable error;

    /**
     * A buffer.
     *
     * @param lasting whether it goes on, with a gap, where it would end since it is full
     */
    EventBuffer(String name, EventOptions options, boolean lasting) {
        this.name = name;
        this.options = options;
        this.lasting = lasting;
    }

    /** Adds an event of a session. Returns the one that is lost, if one is. */
    synchronized @Nullable QmpEvent add(long session, QmpEvent event) {
        if (ended || session <= over) {
            return null;
        }
        if (events < options.bufferSize()) {
            append(event);
            return null;
        }
        return switch (options.overflow()) {
            case ERROR -> {
                if (lasting) {
                    addDropGap();
                } else {
                    end(overflowError());
                }
                yield null;
            }
            case DROP_LATEST -> {
                addDropGap();
                yield event;
            }
            case DROP_OLDEST -> replaceOldest(event);
        };
    }

    /** An event of a session was lost here. */
    synchronized void addDropped(long session) {
        if (session > over) {
            addDropGap();
        }
    }

    /** Nothing is added any more of sessions up to this number, of which the gap is the end. */
    synchronized void pause(long session, Gap gap) {
        over = session;
        pause = gap;
        addGap(gap);
    }

    /** The events of a session are next, behind the gap. That of a pause lasts until now, also if it was emitted. */
    synchronized void begin(long session, Optional<Gap> gap) {
        if (session <= over) {
            return;
        }
        Gap paused = pause;
        pause = null;
        if (paused != null) {
            addGap(new Gap(paused.from(), Operations.now(), paused.cause()));
        }
        gap.ifPresent(this::addGap);
    }

    private void addDropGap() {
        addGap(dropGap(waiting.peekLast() instanceof Gap last ? last : null));
    }

    private void addGap(Gap gap) {
        if (!ended) {
            Gap before = waiting.peekLast() instanceof Gap last ? last : null;
            if (before != null) {
                waiting.removeLast();
            }
            waiting.add(merged(before, gap));
        }
    }

    /** Nothing is emitted until it is let go. */
    synchronized void hold() {
        holds++;
    }

    synchronized void letGo() {
        holds--;
    }

    /** What is emitted next, if there is anything. */
    synchronized @Nullable SupervisedEvent poll() {
        SupervisedEvent next = holds > 0 ? null : waiting.poll();
        if (next instanceof Received) {
            events--;
        }
        return next;
    }

    /** Nothing is added any more; what waits is emitted first. */
    synchronized void end(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            error = cause;
        }
    }

    synchronized void discard() {
        end(null);
        waiting.clear();
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether it has ended, and all was emitted. */
    boolean isOver() {
        return ended && isEmpty();
    }

    private synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    synchronized @Nullable Throwable error() {
        return error;
    }

    private void append(QmpEvent event) {
        events++;
        waiting.add(new Received(event));
    }

    private QmpEvent replaceOldest(QmpEvent event) {
        Gap gap = null;
        QmpEvent oldest = null;
        while (oldest == null) {
            SupervisedEvent first = waiting.remove();
            if (first instanceof Received received) {
                oldest = received.event();
            } else if (first instanceof Gap before) {
                gap = before;
            }
        }
        events--;
        gap = merged(gap, dropGap(gap));
        if (waiting.peek() instanceof Gap behind) {
            waiting.remove();
            gap = merged(gap, behind);
        }
        waiting.addFirst(gap);
        append(event);
        return oldest;
    }

    /**
     * An event is dropped.
     *
     * @param before the gap that this one becomes part of. If it is of events that were dropped, it has the error already: in a
     *     flood, one for each event would be most of the work
     */
    private Gap dropGap(@Nullable Gap before) {
        Instant now = Operations.now();
        Optional<Throwable> known =
                before == null ? Optional.empty() : before.cause().filter(EventOverflowError.class::isInstance);
        return new Gap(now, now, Optional.of(known.orElseGet(this::overflowError)));
    }

    private EventOverflowError overflowError() {
        return new EventOverflowError(
                "[" + name + "] A subscriber to events fell behind: its buffer of " + options.bufferSize()
                        + " events is full; make it faster, filter, raise bufferSize, or choose what to drop",
                options.bufferSize());
    }

    private static Gap merged(@Nullable Gap before, Gap gap) {
        return before == null
                ? gap
                : new Gap(
                        before.from().isBefore(gap.from()) ? before.from() : gap.from(),
                        before.until().isAfter(gap.until()) ? before.until() : gap.until(),
                        gap.cause());
    }
}
