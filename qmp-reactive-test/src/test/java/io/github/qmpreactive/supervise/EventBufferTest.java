package io.github.qmpreactive.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.internal.operation.LastingStream;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;

@ExtendWith(LeakGuard.class)
@DisplayName("What waits for a subscriber to events across sessions")
class EventBufferTest {

    private static final Gap STOPPED = new Gap(Instant.EPOCH, Instant.EPOCH, Optional.empty());

    private final StubSession session = StubSession.named("vm");

    private static List<SupervisedEvent> rest(EventBuffer buffer) {
        List<SupervisedEvent> rest = new ArrayList<>();
        for (SupervisedEvent next = buffer.poll(); next != null; next = buffer.poll()) {
            rest.add(next);
        }
        return rest;
    }

    private static void add(EventBuffer buffer, String event) {
        var unused = buffer.add(1, StubSession.event(event));
    }

    private static void dropFirst(EventBuffer buffer) {
        add(buffer, "C");
    }

    private static void dropAnother(EventBuffer buffer) {
        add(buffer, "D");
    }

    private static boolean isFrom(String method, Throwable error) {
        return Stream.of(error.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals(method));
    }

    @ParameterizedTest
    @EnumSource(EventOverflow.class)
    @DisplayName("A flood makes one error for each gap, that of the first event that was dropped")
    void oneError(EventOverflow overflow) {
        EventBuffer buffer =
                new EventBuffer("vm", EventOptions.all().bufferSize(1).overflow(overflow), true);
        add(buffer, "A");
        dropFirst(buffer);
        dropAnother(buffer);
        Gap gap = (Gap)
                rest(buffer).stream().filter(Gap.class::isInstance).findFirst().orElseThrow();
        Throwable error = gap.cause().orElseThrow();
        assertInstanceOf(EventOverflowError.class, error);
        assertTrue(
                isFrom("dropFirst", error), () -> List.of(error.getStackTrace()).toString());
        // The next gap has its own.
        add(buffer, "A");
        dropAnother(buffer);
        Throwable next = rest(buffer).stream()
                .flatMap(event -> event instanceof Gap other ? other.cause().stream() : Stream.empty())
                .findFirst()
                .orElseThrow();
        assertTrue(
                isFrom("dropAnother", next), () -> List.of(next.getStackTrace()).toString());
    }

    @Test
    @DisplayName("A gap with another cause that an overflow extends has the error of the overflow")
    void otherCause() {
        EventBuffer buffer =
                new EventBuffer("vm", EventOptions.all().bufferSize(1).overflow(EventOverflow.DROP_LATEST), true);
        add(buffer, "A");
        buffer.begin(2, Optional.of(new Gap(Instant.EPOCH, Instant.EPOCH, Optional.of(Supervised.LOST))));
        dropFirst(buffer);
        List<SupervisedEvent> rest = rest(buffer);
        assertEquals(2, rest.size());
        assertInstanceOf(
                EventOverflowError.class,
                assertInstanceOf(Gap.class, rest.get(1)).cause().orElseThrow());
    }

    /** Collects what a stream has that lasts over stops. */
    private static final class Lasting extends BaseSubscriber<SupervisedEvent> {

        private final List<SupervisedEvent> seen = new ArrayList<>();

        @Override
        public Context currentContext() {
            return new LastingStream().in(Context.empty());
        }

        @Override
        protected void hookOnNext(SupervisedEvent event) {
            seen.add(event);
        }
    }

    private static EventFollower follower(Lasting subscriber) {
        EventFollower follower = new EventFollower(new EventFollowers("vm"), "vm", EventOptions.all(), subscriber);
        follower.start();
        return follower;
    }

    @Test
    @DisplayName("A subscriber that joins during a stop is not given events of that session behind the gap")
    void joinsDuringStop() {
        Lasting subscriber = new Lasting();
        EventFollower follower = follower(subscriber);
        // It has seen session 3, and comes to follow it when that was stopped.
        follower.pause(3, STOPPED);
        follower.follow(new EventFollowers.Opened(3, session.session), Optional.empty());
        session.emit("STOP");
        assertEquals(List.of(STOPPED), subscriber.seen);
        assertEquals(List.of(), session.calls());
    }

    @Test
    @DisplayName("A subscriber that has begun to join when a session is stopped has a gap before the next one")
    void listensDuringStop() {
        EventBuffer buffer = new EventBuffer("vm", EventOptions.all(), true);
        buffer.pause(3, STOPPED);
        assertEquals(STOPPED, buffer.poll());
        buffer.begin(3, Optional.empty());
        assertNull(buffer.poll());
        assertNull(event(buffer, 3));
        buffer.begin(4, Optional.empty());
        assertInstanceOf(Gap.class, buffer.poll());
        assertNotNull(event(buffer, 4));
    }

    private static @Nullable SupervisedEvent event(EventBuffer buffer, long session) {
        var unused = buffer.add(session, StubSession.event("STOP"));
        return buffer.poll() instanceof Received received ? received : null;
    }
}
