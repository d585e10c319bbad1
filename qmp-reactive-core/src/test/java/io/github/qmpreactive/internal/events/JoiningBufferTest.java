package io.github.qmpreactive.internal.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import tools.jackson.databind.node.MissingNode;

@DisplayName("Events that come while a subscriber is still in onSubscribe")
class JoiningBufferTest {

    private final EventHub hub = new EventHub(new SessionLoop(new EmbeddedChannel().eventLoop()), new SessionLog("vm"));
    private final List<String> log = new ArrayList<>();

    private static QmpEvent event(int number) {
        return new QmpEvent(
                String.valueOf(number), MissingNode.getInstance(), Optional.empty(), MissingNode.getInstance());
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    /** Subscribes; as many events come before the subscriber says how many it wants. */
    private BaseSubscriber<QmpEvent> subscribe(EventOptions options, int events, long demand) {
        BaseSubscriber<QmpEvent> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                IntStream.range(0, events).forEach(number -> hub.emit(event(number)));
                if (demand > 0) {
                    subscription.request(demand);
                }
            }

            @Override
            protected void hookOnNext(QmpEvent event) {
                log.add(event.name());
            }

            @Override
            protected void hookOnError(Throwable error) {
                log.add(error.getClass().getSimpleName());
            }
        };
        hub.events(options.fromNow()).subscribe(subscriber);
        return subscriber;
    }

    @Test
    @DisplayName("do not overflow a buffer of 1 if the subscriber then requests them")
    void requested() {
        subscribe(EventOptions.all().bufferSize(1), 3, Long.MAX_VALUE);
        hub.emit(event(3));
        assertEquals(numbers(0, 4), log);
    }

    @Test
    @DisplayName("have to fit into the buffer as far as the subscriber does not request them")
    void partlyRequested() {
        BaseSubscriber<QmpEvent> fits = subscribe(EventOptions.all().bufferSize(1), 3, 2);
        fits.request(1);
        assertEquals(List.of("0", "1", "2"), log);
        fits.cancel();
        log.clear();
        BaseSubscriber<QmpEvent> overflows = subscribe(EventOptions.all().bufferSize(1), 3, 1);
        overflows.request(2);
        assertEquals(List.of("0", "1", "EventOverflowError"), log);
    }

    @ParameterizedTest
    @CsvSource({"DROP_OLDEST, 1, 2, 3", "DROP_LATEST, 2, 3, 1"})
    @DisplayName("are dropped as the policy says, in their order")
    void dropped(EventOverflow policy, String first, String second, String kept) {
        EventOptions options =
                EventOptions.all().bufferSize(1).overflow(policy).onLost(lost -> log.add("lost " + lost.name()));
        BaseSubscriber<QmpEvent> subscriber = subscribe(options, 4, 1);
        subscriber.request(1);
        assertEquals(List.of("0", "lost " + first, "lost " + second, kept), log);
    }

    @Test
    @DisplayName("are bounded: beyond 256, or the buffer's size if that is more, they overflow at once")
    void bounded() {
        subscribe(EventOptions.all().bufferSize(1), 257, Long.MAX_VALUE);
        assertEquals(
                Stream.concat(numbers(0, 256).stream(), Stream.of("EventOverflowError"))
                        .toList(),
                log);
        log.clear();
        subscribe(EventOptions.all().bufferSize(300), 300, Long.MAX_VALUE);
        assertEquals(numbers(0, 300), log);
    }

    @Test
    @DisplayName("are delivered before the end of the session")
    void end() {
        hub.events(EventOptions.all().bufferSize(1)).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                hub.emit(event(0));
                hub.emit(event(1));
                hub.end(null);
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            protected void hookOnNext(QmpEvent event) {
                log.add(event.name());
            }

            @Override
            protected void hookOnComplete() {
                log.add("complete");
            }
        });
        assertEquals(List.of("0", "1", "complete"), log);
    }

    @Test
    @DisplayName("fromNow: a first subscriber that wants no early events gets none, and they are discarded")
    void fromNow() {
        hub.emit(event(0));
        subscribe(EventOptions.all(), 0, Long.MAX_VALUE);
        hub.emit(event(1));
        hub.events(EventOptions.all()).subscribe(event -> log.add("second " + event.name()));
        assertEquals(List.of("1"), log);
    }
}
