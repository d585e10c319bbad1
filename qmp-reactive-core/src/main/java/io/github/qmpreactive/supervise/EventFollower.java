package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.LastingStream;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Signal;

/** One subscriber to events across sessions: sessions may come and go while it has no demand. */
final class EventFollower implements Subscription {

    private final EventFollowers followers;
    private final EventOptions options;
    private final CoreSubscriber<? super SupervisedEvent> actual;
    private final EventBuffer buffer;
    private final Disposable.Composite subscriptions = Disposables.composite();
    private final AtomicLong requested = new AtomicLong();
    private final AtomicLong followed = new AtomicLong();
    private final Optional<LastingStream> lasting;

    /** How often it is to be drained. */
    private final AtomicInteger draining = new AtomicInteger();

    private volatile boolean cancelled;

    EventFollower(
            EventFollowers followers,
            String name,
            EventOptions options,
            CoreSubscriber<? super SupervisedEvent> actual) {
        this.followers = followers;
        this.options = options;
        this.actual = actual;
        this.lasting = LastingStream.of(actual.currentContext());
        this.buffer = new EventBuffer(name, options, lasting.isPresent());
    }

    void start() {
        actual.onSubscribe(this);
        lasting.ifPresent(stream -> stream.onEnd(() -> {
            followers.missed().ifPresent(stream::missed);
            end(null);
        }));
        followers.join(this);
        if (cancelled) {
            followers.leave(this);
        }
    }

    /** Listens to the events of a session, unless it does or has left that session behind; then emits the gap before them. */
    void follow(EventFollowers.Opened opened, Optional<Gap> gap) {
        if (followed.getAndAccumulate(opened.number(), Math::max) >= opened.number()) {
            return;
        }
        buffer.hold();
        try {
            buffer.begin(opened.number(), gap);
            listen(opened);
        } finally {
            buffer.letGo();
        }
        drain();
    }

    private void listen(EventFollowers.Opened opened) {
        Disposable.Swap subscription = Disposables.swap();
        subscriptions.add(subscription);
        subscription.update(Signals.subscribe(
                opened.session()
                        .events(sessionOptions().onLost(event -> lost(opened.number(), event)))
                        .contextWrite(actual.currentContext())
                        .doFinally(end -> subscriptions.remove(subscription)),
                signal -> received(opened.number(), signal)));
    }

    /** A buffer that is full does not end a lasting stream, and not that of a session either. */
    private EventOptions sessionOptions() {
        return isLasting() && options.overflow() == EventOverflow.ERROR
                ? options.overflow(EventOverflow.DROP_LATEST)
                : options;
    }

    /** Whether it goes on when the supervisor is stopped. */
    boolean isLasting() {
        return lasting.isPresent();
    }

    /**
     * There is no session until the next start: what still comes of those before is left out, since it would be behind the gap.
     *
     * @param session the number of the last one, which a subscriber that is just joining may be about to follow
     */
    void pause(long session, Gap gap) {
        followed.accumulateAndGet(session, Math::max);
        buffer.pause(session, gap);
        drain();
    }

    /** There is no session any more; what is buffered is delivered first. */
    void end(@Nullable Throwable cause) {
        buffer.end(cause);
        drain();
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            drain();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        leave();
        buffer.discard();
    }

    private void received(long session, Signal<QmpEvent> signal) {
        QmpEvent event = signal.get();
        Throwable failure = signal.getThrowable();
        if (event != null) {
            QmpEvent lost = buffer.add(session, event);
            if (lost != null) {
                tellLost(lost);
            }
        } else if (failure != null && !Operations.isEnd(failure)) {
            // A session that ends is the supervisor's business; what is left is an error of this subscriber's options.
            buffer.end(failure);
        }
        drain();
    }

    /** The session's own buffer was full. */
    private void lost(long session, QmpEvent event) {
        if (!buffer.hasEnded()) {
            buffer.addDropped(session);
            tellLost(event);
            drain();
        }
    }

    private void tellLost(QmpEvent event) {
        if (options.overflow() == EventOverflow.ERROR) {
            return;
        }
        try {
            options.onLost().accept(event);
        } catch (Throwable thrown) {
            buffer.end(thrown);
        }
    }

    private void leave() {
        followers.leave(this);
        subscriptions.dispose();
    }

    private void drain() {
        if (buffer.hasEnded()) {
            leave();
        }
        if (draining.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            emit();
            seen = draining.addAndGet(-seen);
        } while (seen > 0);
    }

    private void emit() {
        while (!cancelled && requested.get() > 0) {
            SupervisedEvent next = buffer.poll();
            if (next == null) {
                break;
            }
            if (requested.get() != Long.MAX_VALUE) {
                requested.decrementAndGet();
            }
            actual.onNext(next);
        }
        if (!cancelled && buffer.isOver()) {
            cancelled = true;
            Throwable error = buffer.error();
            if (error == null) {
                actual.onComplete();
            } else {
                actual.onError(error);
            }
        }
    }
}
