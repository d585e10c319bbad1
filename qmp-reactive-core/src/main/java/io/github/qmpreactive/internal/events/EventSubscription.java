package io.github.qmpreactive.internal.events;

import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.observe.EventDrop;
import io.github.qmpreactive.option.EventOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * One subscriber to events, with a bounded buffer of its own behind its filter, and before that what is left of the events
 * from before it, of which there are few. Its state is confined to the event loop, but for the demand and the cancel,
 * which come from any thread.
 */
final class EventSubscription implements Subscription {

    /** How many events are kept at least until the subscriber has returned from onSubscribe. */
    private static final int JOINING_SIZE = 256;

    private final EventHub hub;
    private final SessionLoop loop;
    private final SessionLog log;
    private final EventOptions options;
    private final @Nullable Mono<?> command;
    private final Disposable.Swap running = Disposables.swap();
    private final CoreSubscriber<? super QmpEvent> actual;
    private final ArrayDeque<QmpEvent> buffer = new ArrayDeque<>();
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean started;
    private volatile boolean cancelled;
    private List<QmpEvent> offered = List.of();
    private @Nullable Deque<QmpEvent> early;
    private boolean ended;
    private @Nullable Throwable error;
    private boolean draining;

    /** How many waiting events the observer knows of. */
    private int reported;

    /** Whether the command has not ended yet; then the subscription does not end with the session, but with its error. */
    private boolean awaitsCommand;

    /** Whether the buffer has its size: not before the subscriber has had a chance to request. */
    private boolean settled;

    EventSubscription(
            EventHub hub,
            SessionLoop loop,
            SessionLog log,
            EventOptions options,
            @Nullable Mono<?> command,
            CoreSubscriber<? super QmpEvent> actual) {
        this.hub = hub;
        this.loop = loop;
        this.log = log;
        this.options = options;
        this.command = command;
        this.awaitsCommand = command != null;
        this.actual = new GuardedSubscriber<>(log, "events", actual);
    }

    /** Hands over the events from before; called before this subscription is published. */
    void prepare(List<QmpEvent> early) {
        this.offered = early;
    }

    /** Lets signals through, once the subscriber has this subscription. */
    void start() {
        actual.onSubscribe(this);
        if (command != null && !cancelled) {
            // As a value, handed on before the subscriber: what is on its way at a cancel would be dropped onto
            // Reactor's hooks.
            running.update(command.contextWrite(actual.currentContext())
                    .materialize()
                    .doOnNext(end -> loop.execute(() -> commandEnded(end.getThrowable())))
                    .then()
                    .subscribe());
        }
        started = true;
        loop.execute(this::drain);
    }

    /** Whether a first subscriber is given the events from before it. */
    boolean includesEarly() {
        return options.includesEarly();
    }

    /** Takes an event as it comes. */
    void onEvent(QmpEvent event) {
        assert loop.isCurrent();
        acceptEarly();
        accept(event);
        drain();
        reportWaiting();
    }

    /** The session has ended; what is buffered is delivered first. */
    void onEnd(@Nullable Throwable cause) {
        assert loop.isCurrent();
        acceptEarly();
        finish(cause);
        drain();
        reportWaiting();
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            if (!loop.isHere() || !draining) {
                loop.execute(this::drain);
            }
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        running.dispose();
        hub.leave(this);
        loop.execute(() -> {
            early = null;
            buffer.clear();
            reportWaiting();
        });
    }

    private void drain() {
        assert loop.isCurrent();
        if (draining || !started) {
            return;
        }
        draining = true;
        try {
            acceptEarly();
            emitBuffered();
            settle();
        } finally {
            draining = false;
        }
        reportWaiting();
    }

    private void reportWaiting() {
        if (hub.report().isObserved()) {
            Deque<QmpEvent> first = early;
            int waiting = buffer.size() + (first == null ? 0 : first.size());
            int change = waiting - reported;
            if (change != 0) {
                reported = waiting;
                hub.report().eventsBuffered(change);
            }
        }
    }

    private void emitBuffered() {
        while (!cancelled && requested.get() > 0) {
            QmpEvent event = next();
            if (event == null) {
                break;
            }
            if (requested.get() != Long.MAX_VALUE) {
                requested.decrementAndGet();
            }
            actual.onNext(event);
        }
        if (!cancelled && ended && !awaitsCommand && early == null && buffer.isEmpty()) {
            cancelled = true;
            if (error == null) {
                actual.onComplete();
            } else {
                actual.onError(error);
            }
        }
    }

    private @Nullable QmpEvent next() {
        Deque<QmpEvent> first = early;
        if (first == null) {
            return buffer.poll();
        }
        QmpEvent event = first.poll();
        if (first.isEmpty()) {
            early = null;
        }
        return event;
    }

    private void acceptEarly() {
        List<QmpEvent> events = offered;
        if (events.isEmpty()) {
            return;
        }
        offered = List.of();
        Deque<QmpEvent> wanted = new ArrayDeque<>();
        for (QmpEvent event : events) {
            if (passes(event)) {
                wanted.add(event);
            }
        }
        early = wanted.isEmpty() ? null : wanted;
    }

    private boolean passes(QmpEvent event) {
        if (cancelled || ended) {
            return false;
        }
        try {
            return options.filter().test(event);
        } catch (Throwable e) {
            leaveWith(e);
            return false;
        }
    }

    private void accept(QmpEvent event) {
        if (!passes(event)) {
            return;
        }
        offer(event);
    }

    private void offer(QmpEvent event) {
        try {
            add(event);
        } catch (Throwable e) {
            leaveWith(e);
        }
    }

    private void add(QmpEvent event) {
        int size = settled ? options.bufferSize() : Math.max(options.bufferSize(), JOINING_SIZE);
        if (buffer.size() < size) {
            buffer.add(event);
        } else {
            overflow(event);
        }
    }

    /** The subscriber has returned from onSubscribe: what it did not request by then has to fit into the buffer. */
    private void settle() {
        if (settled) {
            return;
        }
        settled = true;
        if (ended || cancelled || buffer.size() <= options.bufferSize()) {
            return;
        }
        List<QmpEvent> events = List.copyOf(buffer);
        buffer.clear();
        for (QmpEvent event : events) {
            if (!ended) {
                offer(event);
            }
        }
    }

    private void overflow(QmpEvent event) {
        switch (options.overflow()) {
            case ERROR -> {
                hub.report().eventDropped(event.name(), EventDrop.SUBSCRIPTION_ENDED);
                leaveWith(new EventOverflowError(
                        log.prefix() + "A subscriber to events fell behind: its buffer of " + options.bufferSize()
                                + " events is full; make it faster, filter, raise bufferSize, or choose what to drop",
                        options.bufferSize()));
            }
            case DROP_LATEST -> {
                hub.report().eventDropped(event.name(), EventDrop.LATEST);
                options.onLost().accept(event);
            }
            case DROP_OLDEST -> {
                QmpEvent oldest = buffer.remove();
                buffer.add(event);
                hub.report().eventDropped(oldest.name(), EventDrop.OLDEST);
                options.onLost().accept(oldest);
            }
        }
    }

    /** The command has succeeded, or failed: then the subscription ends with that, whatever the session has ended with. */
    private void commandEnded(@Nullable Throwable failure) {
        assert loop.isCurrent();
        if (!awaitsCommand) {
            return;
        }
        awaitsCommand = false;
        if (failure != null) {
            ended = true;
            error = failure;
            hub.leave(this);
        }
        drain();
    }

    private void leaveWith(Throwable cause) {
        finish(cause);
        awaitsCommand = false;
        running.dispose();
        hub.leave(this);
    }

    private void finish(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            error = cause;
        }
    }
}
