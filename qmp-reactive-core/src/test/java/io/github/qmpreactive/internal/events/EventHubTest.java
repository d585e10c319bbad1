package io.github.qmpreactive.internal.events;

import static io.github.qmpreactive.Garbage.assertCollected;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.node.MissingNode;

@DisplayName("P25 Subscribers to events that have gone, while the session goes on")
class EventHubTest {

    private final EventHub hub = new EventHub(new SessionLoop(new EmbeddedChannel().eventLoop()), new SessionLog("vm"));
    private final List<String> log = new ArrayList<>();

    private static QmpEvent event(String name) {
        return new QmpEvent(name, MissingNode.getInstance(), Optional.empty(), MissingNode.getInstance());
    }

    /** One that wants nothing until it says so. */
    private final class Listener extends BaseSubscriber<QmpEvent> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Nothing is wanted yet.
        }

        @Override
        protected void hookOnNext(QmpEvent event) {
            log.add(event.name());
        }

        @Override
        protected void hookOnError(Throwable error) {
            log.add(error.getClass().getSimpleName());
        }
    }

    private Listener listen(EventOptions options) {
        Listener listener = new Listener();
        hub.events(options).subscribe(listener);
        return listener;
    }

    @Test
    @DisplayName("a subscriber that has cancelled is not retained")
    void cancelled() {
        Listener listener = listen(EventOptions.all());
        WeakReference<Listener> reference = new WeakReference<>(listener);
        listener.cancel();
        listener = null;
        assertCollected(reference);
        hub.emit(event("A"));
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("the reply to the command of one that has cancelled meanwhile is not dropped onto Reactor's hooks")
    void lateReply() {
        List<Object> dropped = new ArrayList<>();
        Hooks.onNextDropped(dropped::add);
        try {
            TestPublisher<String> reply = TestPublisher.createNoncompliant(TestPublisher.Violation.DEFER_CANCELLATION);
            Listener listener = new Listener();
            hub.liveEvents(EventOptions.all(), reply.mono()).subscribe(listener);
            listener.cancel();
            reply.emit("on its way");
            assertEquals(List.of(), dropped);
        } finally {
            Hooks.resetOnNextDropped();
        }
    }

    @Test
    @DisplayName("a subscriber that fell behind gets what was buffered, then the error, and is not retained")
    void overflown() {
        Listener listener = listen(EventOptions.all().bufferSize(1));
        hub.emit(event("A"));
        hub.emit(event("B"));
        listener.request(1);
        assertEquals(List.of("A", EventOverflowError.class.getSimpleName()), log);
        WeakReference<Listener> reference = new WeakReference<>(listener);
        listener = null;
        assertCollected(reference);
    }

    @Test
    @DisplayName("the buffer of a subscriber that has cancelled is not retained, also where the subscription is held")
    void buffer() {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        hub.events(EventOptions.all()).subscribe(new CoreSubscriber<>() {
            @Override
            public void onSubscribe(Subscription s) {
                subscription.set(s);
            }

            @Override
            public void onNext(QmpEvent event) {
                log.add(event.name());
            }

            @Override
            public void onError(Throwable error) {
                log.add("error");
            }

            @Override
            public void onComplete() {
                log.add("complete");
            }
        });
        QmpEvent event = event("A");
        WeakReference<QmpEvent> reference = new WeakReference<>(event);
        hub.emit(event);
        event = null;
        subscription.get().cancel();
        assertCollected(reference);
        subscription.get().request(1);
        assertEquals(List.of(), log);
    }

    @Test
    @DisplayName("others go on, in their order")
    void others() {
        Listener first = listen(EventOptions.all());
        Listener second = listen(EventOptions.all());
        Listener third = listen(EventOptions.all());
        List.of(first, second, third).forEach(listener -> listener.request(1));
        second.cancel();
        hub.emit(event("A"));
        assertEquals(List.of("A", "A"), log);
    }
}
