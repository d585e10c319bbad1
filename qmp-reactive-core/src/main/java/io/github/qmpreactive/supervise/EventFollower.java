package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
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
        this.buffer = new EventBuffer(name, options);
    }

    void start() {
        actual.onSubscribe(this);
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
            gap.ifPresent(buffer::addGap);
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
                        .events(options.onLost(this::lost))
                        .contextWrite(actual.currentContext())
                        .doFinally(end -> subscriptions.remove(subscription)),
                this::received));
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

    private void received(Signal<QmpEvent> signal) {
        QmpEvent event = signal.get();
        Throwable failure = signal.getThrowable();
        if (event != null) {
            QmpEvent lost = buffer.add(event);
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
    private void lost(QmpEvent event) {
        if (!buffer.hasEnded()) {
            buffer.addDropped();
            tellLost(event);
            drain();
        }
    }

    private void tellLost(QmpEvent event) {
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
