package io.github.qmpreactive.supervise;

import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * One subscriber to events across sessions, with a bounded buffer of its own: sessions may come and go while it has no demand.
 * Between two events there is at most one gap.
 */
final class EventFollower implements Subscription {

    private final EventFollowers followers;
    private final String name;
    private final EventOptions options;
    private final CoreSubscriber<? super SupervisedEvent> actual;
    private final Turns turns;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicLong followed = new AtomicLong();
    private volatile boolean cancelled;

    // What follows is used in turns.
    private final ArrayDeque<SupervisedEvent> buffer = new ArrayDeque<>();
    private int events;
    private boolean ended;
    private @Nullable Throwable error;

    EventFollower(
            EventFollowers followers,
            String name,
            EventOptions options,
            CoreSubscriber<? super SupervisedEvent> actual) {
        this.followers = followers;
        this.name = name;
        this.options = options;
        this.actual = actual;
        this.turns = new Turns(actual.currentContext());
    }

    void start() {
        actual.onSubscribe(this);
        followers.join(this);
        if (cancelled) {
            followers.leave(this);
        }
    }

    /** Listens to the events of a session, unless it does or has left that session behind. */
    void follow(EventFollowers.Opened opened, Optional<Gap> gap) {
        if (followed.getAndAccumulate(opened.number(), Math::max) >= opened.number()) {
            return;
        }
        gap.ifPresent(missed -> turns.run(() -> {
            addGap(missed);
            drain();
        }));
        EventOptions unbuffered = options.onLost(event -> turns.run(() -> drop(event)));
        turns.subscribe(opened.session().events(unbuffered), this::received, this::failed, () -> {});
    }

    /** There is no session any more; what is buffered is delivered first. */
    void end(@Nullable Throwable cause) {
        turns.run(() -> {
            finish(cause);
            drain();
        });
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            turns.run(this::drain);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        followers.leave(this);
        turns.run(() -> {
            buffer.clear();
            turns.end();
        });
    }

    private void received(QmpEvent event) {
        if (ended || cancelled) {
            return;
        }
        if (events < options.bufferSize()) {
            add(event);
        } else {
            overflow(event);
        }
        drain();
    }

    /** A session that ends is the supervisor's business; what is left is an error of this subscriber's options. */
    private void failed(Throwable failure) {
        if (!Operations.isEnd(failure)) {
            followers.leave(this);
            finish(failure);
            drain();
        }
    }

    private void add(QmpEvent event) {
        events++;
        buffer.add(new Received(event));
    }

    private void addGap(Gap gap) {
        if (!ended) {
            Gap before = buffer.peekLast() instanceof Gap last ? last : null;
            if (before != null) {
                buffer.removeLast();
            }
            buffer.add(merged(before, gap));
        }
    }

    private void overflow(QmpEvent event) {
        switch (options.overflow()) {
            case ERROR -> failed(overflowError());
            case DROP_LATEST -> drop(event);
            case DROP_OLDEST -> dropOldest(event);
        }
    }

    private void drop(QmpEvent event) {
        addGap(dropGap());
        tellLost(event);
    }

    private void dropOldest(QmpEvent event) {
        Gap gap = null;
        QmpEvent oldest = null;
        while (oldest == null) {
            SupervisedEvent first = buffer.remove();
            if (first instanceof Received received) {
                oldest = received.event();
            } else if (first instanceof Gap before) {
                gap = before;
            }
        }
        events--;
        gap = merged(gap, dropGap());
        if (buffer.peek() instanceof Gap behind) {
            buffer.remove();
            gap = merged(gap, behind);
        }
        buffer.addFirst(gap);
        add(event);
        tellLost(oldest);
    }

    private void tellLost(QmpEvent event) {
        try {
            options.onLost().accept(event);
        } catch (Throwable thrown) {
            failed(thrown);
        }
    }

    private Gap dropGap() {
        Instant now = Operations.now();
        return new Gap(now, now, Optional.of(overflowError()));
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

    private void finish(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            error = cause;
        }
    }

    private void drain() {
        while (!cancelled && requested.get() > 0 && !buffer.isEmpty()) {
            SupervisedEvent next = buffer.remove();
            if (next instanceof Received) {
                events--;
            }
            if (requested.get() != Long.MAX_VALUE) {
                requested.decrementAndGet();
            }
            actual.onNext(next);
        }
        if (!cancelled && ended && buffer.isEmpty()) {
            cancelled = true;
            turns.end();
            if (error == null) {
                actual.onComplete();
            } else {
                actual.onError(error);
            }
        }
    }
}
