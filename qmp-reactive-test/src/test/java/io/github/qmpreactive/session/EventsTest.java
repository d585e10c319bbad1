package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Events")
class EventsTest {

    @Test
    @DisplayName("C36 an event has name, data, and a time to the microsecond")
    void event() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            server.awaitConnection()
                    .send("{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 123456},"
                            + " \"event\": \"BLOCK_JOB_READY\", \"data\": {\"device\": \"d\"}}");
            StepVerifier.create(session.events().take(1))
                    .assertNext(e -> {
                        assertEquals("BLOCK_JOB_READY", e.name());
                        assertEquals("d", e.data().path("device").stringValue());
                        assertEquals(Optional.of(Instant.ofEpochSecond(1700000000L, 123_456_000L)), e.timestamp());
                        assertTrue(e.raw().has("timestamp"));
                    })
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("C37 C38 C39 data may be absent, the time unknown, the name any")
    void sparseEvents() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            connection.send("{\"event\": \"__com.redhat_NEW\"}");
            connection.send("{\"event\": \"B\", \"timestamp\": {\"seconds\": -1, \"microseconds\": -1}}");
            connection.send("{\"event\": \"C\", \"timestamp\": \"soon\", \"data\": [1]}");
            StepVerifier.create(session.events().take(3))
                    .assertNext(e -> {
                        assertEquals("__com.redhat_NEW", e.name());
                        assertTrue(e.data().isMissingNode());
                        assertEquals(Optional.empty(), e.timestamp());
                    })
                    .assertNext(e -> assertEquals(Optional.empty(), e.timestamp()))
                    .assertNext(e -> {
                        assertEquals(Optional.empty(), e.timestamp());
                        assertEquals("[1]", e.data().toString());
                    })
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("Names and predicates choose, and narrow each other")
    void filters() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            List<String> named = new CopyOnWriteArrayList<>();
            List<Integer> odd = new CopyOnWriteArrayList<>();
            collect(session.events("A", "B"), e -> named.add(e.name()));
            collect(
                    session.events(EventOptions.named("N")
                            .filter(e -> e.data().path("n").intValue() % 2 == 1)),
                    e -> odd.add(e.data().path("n").intValue()));
            for (String name : List.of("A", "C", "B", "A")) {
                connection.emit(name);
            }
            connection.emitMany(6, "N");
            await(session.execute("query-status"));
            assertEquals(List.of("A", "B", "A"), named);
            assertEquals(List.of(1, 3, 5), odd);
        }
    }

    @Test
    @DisplayName("The newest 32 early events go to the first subscriber alone, through its filter")
    void earlyEvents() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            server.awaitConnection().emitMany(40, "N");
            await(session.execute("query-status"));
            List<Integer> even = new CopyOnWriteArrayList<>();
            List<QmpEvent> later = new CopyOnWriteArrayList<>();
            collect(
                    session.events(
                            EventOptions.all().filter(e -> e.data().path("n").intValue() % 2 == 0)),
                    e -> even.add(e.data().path("n").intValue()));
            collect(session.events(), later::add);
            await(session.execute("query-status"));
            assertEquals(IntStream.range(4, 20).map(n -> 2 * n).boxed().toList(), even);
            assertEquals(List.of(), later);
        }
    }

    @Test
    @DisplayName("P7 after the last subscriber has gone, a new one receives what comes from then on")
    void subscribeAgain() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            Disposable first = session.events().subscribe();
            first.dispose();
            connection.emit("MISSED");
            await(session.execute("query-status"));
            StepVerifier.create(session.events().map(QmpEvent::name).take(1))
                    .then(() -> connection.emit("SEEN"))
                    .expectNext("SEEN")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("P9 a subscription has taken effect before subscribe() returns, in the middle of a read too")
    void subscriptionIsSynchronous() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            List<String> seen = new CopyOnWriteArrayList<>();
            Gate gate = new Gate();
            collect(session.events("FIRST"), e -> gate.hold());
            try {
                // One read: while the first is being handled, nothing else runs on the loop before the second.
                server.awaitConnection().sendText("{\"event\": \"FIRST\"} {\"event\": \"SECOND\"}");
                gate.awaitHeld();
                collect(session.events("SECOND"), e -> seen.add(e.name()));
            } finally {
                gate.open();
            }
            await(session.execute("query-status"));
            assertEquals(List.of("SECOND"), seen);
        }
    }

    @Test
    @DisplayName("The event that a command causes comes before its reply, to each earlier subscriber: 200 of 200")
    void eventBeforeReply() {
        try (RunningFakeQmpServer server = machine()
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP"))
                .startUnix()) {
            QmpSession session = connect(server);
            for (int i = 0; i < 200; i++) {
                List<String> seen = new CopyOnWriteArrayList<>();
                Disposable events = collect(session.events(), e -> seen.add(e.name()));
                await(session.execute("stop"));
                assertEquals(List.of("STOP"), seen);
                events.dispose();
            }
        }
    }

    @Test
    @DisplayName("P20 blocking on the event loop fails that subscriber alone: no deadlock, and the session goes on")
    void blockingSubscriber() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            List<String> others = new CopyOnWriteArrayList<>();
            collect(session.events(), e -> others.add(e.name()));
            StepVerifier.create(session.events()
                            .doOnNext(e -> session.execute("query-status").block(PATIENCE)))
                    .then(() -> server.awaitConnection().sendText("{\"event\": \"A\"} {\"event\": \"B\"}"))
                    .verifyErrorSatisfies(e -> {
                        assertInstanceOf(IllegalStateException.class, e);
                        assertTrue(String.valueOf(e.getMessage()).contains("blocking"), e::toString);
                    });
            await(session.execute("query-status"));
            assertEquals(List.of("A", "B"), others);
            assertEquals(SessionState.RUNNING, session.state());
        }
    }

    @Test
    @DisplayName("P10 10,000 events that a subscriber does not ask for hold up no reply")
    void unreadEvents() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.events(EventOptions.all().bufferSize(10_000)), 0)
                    .expectSubscription()
                    .then(() -> {
                        server.awaitConnection().emitMany(10_000, "N");
                        await(session.execute("query-status"));
                    })
                    .thenRequest(10_000)
                    .expectNextCount(10_000)
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("Events keep their order on the wire, and are on the event loop")
    void order() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            List<Integer> numbers = new CopyOnWriteArrayList<>();
            List<Boolean> onLoop = new CopyOnWriteArrayList<>();
            collect(session.events("N"), e -> {
                numbers.add(e.data().path("n").intValue());
                onLoop.add(reactor.core.scheduler.Schedulers.isInNonBlockingThread());
            });
            server.awaitConnection().emitMany(1000, "N");
            await(session.execute("query-status"));
            assertEquals(IntStream.range(0, 1000).boxed().toList(), numbers);
            assertTrue(onLoop.stream().allMatch(b -> b));
        }
    }

    @Test
    @DisplayName("P8 an orderly end completes events, also for later subscribers; early events are not lost")
    void orderlyEnd() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            server.awaitConnection().emit("EARLY");
            await(session.execute("query-status"));
            finish(session.disconnect());
            StepVerifier.create(session.events().map(QmpEvent::name))
                    .expectNext("EARLY")
                    .verifyComplete();
            StepVerifier.create(session.events()).verifyComplete();
            assertEquals(0L, session.events().count().block(PATIENCE));
        }
    }
}
