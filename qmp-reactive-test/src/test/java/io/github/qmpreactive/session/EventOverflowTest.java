package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Subscribers that fall behind or fail")
class EventOverflowTest {

    private static int n(QmpEvent event) {
        return event.data().path("n").intValue();
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    @DisplayName("P6 one subscriber that asks for one event: the other gets all, and it alone overflows")
    void slowAndFast() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            List<Integer> fast = new CopyOnWriteArrayList<>();
            collect(session.events("N"), e -> fast.add(n(e)));
            List<Integer> slow = new CopyOnWriteArrayList<>();
            List<Throwable> errors = new CopyOnWriteArrayList<>();
            BaseSubscriber<QmpEvent> asksForOne = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.request(1);
                }

                @Override
                protected void hookOnNext(QmpEvent event) {
                    slow.add(n(event));
                }

                @Override
                protected void hookOnError(Throwable e) {
                    errors.add(e);
                }
            };
            session.events(EventOptions.named("N").bufferSize(10)).subscribe(asksForOne);
            server.awaitConnection().emitMany(100, "N");
            await(session.execute("query-status"));
            assertEquals(numbers(0, 100), fast);
            assertEquals(List.of(0), slow);
            asksForOne.request(100);
            await(session.execute("query-status"));
            // What was buffered comes first, then the error.
            assertEquals(numbers(0, 11), slow);
            assertEquals(1, errors.size());
            EventOverflowError error = assertInstanceOf(EventOverflowError.class, errors.get(0));
            assertEquals(10, error.bufferSize());
            assertTrue(String.valueOf(error.getMessage()).contains("buffer of 10 events"));
            server.awaitConnection().emitMany(3, "N");
            await(session.execute("query-status"));
            assertEquals(103, fast.size());
        }
    }

    @Test
    @DisplayName("The default buffer holds 256 events: one more is an overflow")
    void defaultBuffer() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.events().map(EventOverflowTest::n), 0)
                    .expectSubscription()
                    .then(() -> {
                        connection.emitMany(257, "N");
                        await(session.execute("query-status"));
                    })
                    .thenRequest(Long.MAX_VALUE)
                    .expectNextSequence(numbers(0, 256))
                    .verifyError(EventOverflowError.class);
            StepVerifier.create(session.events().map(EventOverflowTest::n), 0)
                    .expectSubscription()
                    .then(() -> {
                        connection.emitMany(256, "N");
                        await(session.execute("query-status"));
                    })
                    .thenRequest(256)
                    .expectNextSequence(numbers(0, 256))
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("DROP_OLDEST keeps the newest, DROP_LATEST the oldest, and each lost event is told")
    void dropping() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            for (EventOverflow policy : List.of(EventOverflow.DROP_OLDEST, EventOverflow.DROP_LATEST)) {
                boolean oldest = policy == EventOverflow.DROP_OLDEST;
                List<Integer> lost = new CopyOnWriteArrayList<>();
                EventOptions options =
                        EventOptions.named("N").bufferSize(4).overflow(policy).onLost(e -> lost.add(n(e)));
                StepVerifier.create(session.events(options).map(EventOverflowTest::n), 0)
                        .expectSubscription()
                        .then(() -> {
                            connection.emitMany(10, "N");
                            await(session.execute("query-status"));
                        })
                        .thenRequest(10)
                        .expectNextSequence(oldest ? numbers(6, 10) : numbers(0, 4))
                        .thenCancel()
                        .verify();
                assertEquals(oldest ? numbers(0, 6) : numbers(4, 10), lost);
            }
        }
    }

    @Test
    @DisplayName("What does not pass the filter takes no place in the buffer")
    void filteredBeforeBuffered() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.events(EventOptions.named("WANTED").bufferSize(1)), 0)
                    .expectSubscription()
                    .then(() -> {
                        FakeConnection connection = server.awaitConnection();
                        connection.emitMany(1000, "N");
                        connection.emit("WANTED");
                        await(session.execute("query-status"));
                    })
                    .thenRequest(1)
                    .expectNextMatches(e -> e.name().equals("WANTED"))
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("What a predicate or onLost throws ends its own subscription alone")
    void throwingCallbacks() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            List<Integer> others = new CopyOnWriteArrayList<>();
            collect(session.events("N"), e -> others.add(n(e)));
            StepVerifier.create(session.events(EventOptions.all().filter(e -> {
                        if (n(e) == 1) {
                            throw new IllegalStateException("predicate");
                        }
                        return true;
                    })))
                    .then(() -> connection.emitMany(3, "N"))
                    .expectNextCount(1)
                    .verifyErrorMessage("predicate");
            EventOptions options = EventOptions.all()
                    .bufferSize(1)
                    .overflow(EventOverflow.DROP_LATEST)
                    .onLost(e -> {
                        throw new IllegalStateException("onLost");
                    });
            StepVerifier.create(session.events(options), 0)
                    .expectSubscription()
                    .then(() -> {
                        connection.emitMany(3, "N");
                        await(session.execute("query-status"));
                    })
                    .thenRequest(5)
                    .expectNextCount(1)
                    .verifyErrorMessage("onLost");
            assertEquals(6, others.size());
        }
    }

    @Test
    @DisplayName("A subscriber that breaks the rules and throws is left out; the session and the others go on")
    void throwingSubscriber() {
        try (CapturedLog log = CapturedLog.warningsOfSessions();
                RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            List<QmpEvent> rude = new CopyOnWriteArrayList<>();
            List<QmpEvent> polite = new CopyOnWriteArrayList<>();
            session.events().subscribe(new CoreSubscriber<QmpEvent>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(QmpEvent event) {
                    rude.add(event);
                    throw new IllegalStateException("breaks the rules");
                }

                @Override
                public void onError(Throwable e) {}

                @Override
                public void onComplete() {}
            });
            collect(session.events(), polite::add);
            connection.emitMany(3, "N");
            await(session.execute("query-status"));
            assertEquals(1, rude.size());
            assertEquals(3, polite.size());
            assertEquals(
                    List.of("ERROR [vm] A subscriber to events threw from its signal handler and gets no more signals"),
                    log.about("threw"));
        }
    }
}
