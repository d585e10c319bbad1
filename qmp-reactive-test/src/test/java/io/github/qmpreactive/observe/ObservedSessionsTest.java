package io.github.qmpreactive.observe;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

@ExtendWith(LeakGuard.class)
@DisplayName("An observer receives each session")
class ObservedSessionsTest {

    private static final FakeQmpServer MACHINE =
            FakeQmpServer.create().when("query-status").reply("{\"status\": \"running\", \"running\": true}");

    private final Minutes minutes = new Minutes();

    private QmpClient client(RunningFakeQmpServer server) {
        return QmpClient.create().address(server.address()).name("vm").observer(minutes);
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    @Test
    @DisplayName("that is opened and ends in order, with the context of its subscriber")
    void life() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            StepVerifier.create(client(server)
                            .use(session -> session.execute("query-status"))
                            .contextWrite(Context.of("key", "value")))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(List.of("opening vm MONITOR value", "connected", "ready", "ended -"), minutes.of("session"));
        }
    }

    @Test
    @DisplayName("that is not opened: no server, no negotiation, a cancel during the handshake")
    void notOpened(@TempDir Path folder) {
        QmpClient nowhere =
                QmpClient.create().unixSocket(folder.resolve("no")).name("no").observer(minutes);
        StepVerifier.create(nowhere.connect()).expectError().verify(PATIENCE);
        assertEquals(List.of("opening no MONITOR -", "notOpened ConnectError"), minutes.of("session"));
        Minutes refusing = new Minutes();
        try (RunningFakeQmpServer server =
                MACHINE.when("qmp_capabilities").error("GenericError", "no").startTcp()) {
            StepVerifier.create(client(server).observer(refusing).connect())
                    .expectError()
                    .verify(PATIENCE);
            assertEquals(
                    List.of("opening vm MONITOR -", "connected", "notOpened NegotiationError"), refusing.of("session"));
        }
        Minutes cancelled = new Minutes();
        try (RunningFakeQmpServer server =
                MACHINE.when("qmp_capabilities").answer(Faults.silence()).startTcp()) {
            StepVerifier.create(client(server).observer(cancelled).connect())
                    .then(() -> server.awaitConnection().awaitCommand("qmp_capabilities"))
                    .thenCancel()
                    .verify(PATIENCE);
            assertEquals(List.of("opening vm MONITOR -", "connected", "notOpened -"), cancelled.of("session"));
        }
    }

    @Test
    @DisplayName("of a listener, from the accepted connection on, with the number of the connection")
    void listener() {
        QmpListener listener = await(QmpClient.create()
                .tcp("127.0.0.1", 0)
                .name("vm")
                .observer(minutes)
                .listen());
        assertEquals(List.of(), minutes.of("session"));
        try (RunningFakeQmpServer server = MACHINE.startDialling(listener.address())) {
            QmpSession session = await(listener.sessions().next());
            server.awaitConnection();
            await(session.execute("query-status"));
            session.disconnect().block(PATIENCE);
            assertEquals(List.of("opening vm#1 MONITOR -", "connected", "ready", "ended -"), minutes.of("session"));
            assertEquals(
                    List.of("started vm#1 -", "written", "released", "SUCCESS sent - -"), minutes.of("query-status"));
        }
        listener.close().block(PATIENCE);
    }

    /** Requests nothing by itself. */
    private static final class Slow extends BaseSubscriber<QmpEvent> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Later.
        }

        @Override
        protected void hookOnError(Throwable error) {
            // An overflow.
        }
    }

    private int buffered() {
        return minutes.of("buffer").stream().mapToInt(Integer::parseInt).sum();
    }

    @Test
    @DisplayName("the events that wait for a subscriber, and those that do not reach one")
    void events() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).connect());
            EventOptions two = EventOptions.all().bufferSize(2);
            Slow oldest = new Slow();
            session.events(two.overflow(EventOverflow.DROP_OLDEST)).subscribe(oldest);
            Slow latest = new Slow();
            session.events(two.overflow(EventOverflow.DROP_LATEST)).subscribe(latest);
            Slow failing = new Slow();
            session.events(two).subscribe(failing);
            // The buffers have their size once the subscribers have returned from onSubscribe.
            await(session.execute("query-status"));
            server.awaitConnection().emit("A");
            server.awaitConnection().emit("B");
            await(session.execute("query-status"));
            assertEquals(6, buffered());
            assertEquals(List.of(), minutes.of("dropped"));
            server.awaitConnection().emit("C");
            await(session.execute("query-status"));
            assertEquals(List.of("A OLDEST", "C LATEST", "C SUBSCRIPTION_ENDED"), minutes.of("dropped"));
            oldest.request(1);
            latest.cancel();
            failing.request(10);
            await(session.execute("query-status"));
            assertEquals(1, buffered());
            oldest.request(10);
            await(session.execute("query-status"));
            assertEquals(0, buffered());
            oldest.cancel();
        }
    }

    @Test
    @DisplayName("events that are delivered at once do not count as buffered; an event that is too large is dropped")
    void deliveredAtOnce() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).maxMessageSize(1_000).connect());
            AtomicInteger count = new AtomicInteger();
            var events = session.events().subscribe(event -> count.incrementAndGet(), e -> {});
            server.awaitConnection().emitMany(50, "N");
            server.awaitConnection().emit("HUGE", "{\"text\": \"" + "x".repeat(2_000) + "\"}");
            await(session.execute("query-status"));
            assertEquals(50, count.get());
            assertEquals(List.of(), minutes.of("buffer"));
            assertEquals(List.of("HUGE UNUSABLE"), minutes.of("dropped"));
            events.dispose();
        }
    }

    /** Throws from each of its methods, or returns null. */
    private static final class Rude implements QmpObserver {

        private final boolean fromTheFirst;

        Rude(boolean fromTheFirst) {
            this.fromTheFirst = fromTheFirst;
        }

        @Override
        public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
            if (fromTheFirst) {
                throw new IllegalStateException("rude");
            }
            return new SessionObservation() {
                @Override
                public void connected() {
                    throw new StackOverflowError("rude");
                }

                @Override
                public void ready() {
                    throw new IllegalStateException("rude");
                }

                @Override
                @SuppressWarnings("NullAway")
                public CommandObservation commandStarted(ObservedCommand command, ContextView subscriber) {
                    if (command.name().equals("none")) {
                        return null;
                    }
                    return new CommandObservation() {
                        @Override
                        public void written() {
                            throw new AssertionError("rude");
                        }

                        @Override
                        public void ended(CommandEnd end) {
                            throw new IllegalStateException("rude");
                        }

                        @Override
                        public void released() {
                            throw new IllegalStateException("rude");
                        }
                    };
                }
            };
        }
    }

    @Test
    @DisplayName("and harms none by what it throws, which is logged once, and does not keep another one from its calls")
    void throwing() {
        try (CapturedLog log = CapturedLog.ofSessions();
                RunningFakeQmpServer server = MACHINE.when("none").reply("{}").startTcp()) {
            for (Rude rude : List.of(new Rude(true), new Rude(false))) {
                QmpClient client =
                        QmpClient.create().address(server.address()).name("vm").observer(rude.and(minutes));
                for (int i = 0; i < 2; i++) {
                    StepVerifier.create(client.use(
                                    session -> session.execute("none").then(session.execute("query-status"))))
                            .expectNextCount(1)
                            .expectComplete()
                            .verify(PATIENCE);
                }
            }
            List<String> lines = log.about("what this observer throws later is not logged");
            assertEquals(2, lines.size(), lines::toString);
            assertTrue(lines.get(0).contains("Rude threw from sessionOpening"), lines::toString);
            assertEquals(
                    4, minutes.of("session").stream().filter("ended -"::equals).count());
            assertEquals(
                    4,
                    minutes.of("query-status").stream()
                            .filter("SUCCESS sent - -"::equals)
                            .count());
        }
    }

    @Test
    @DisplayName("and harms none alone, without another one beside it")
    void throwingAlone() {
        try (CapturedLog log = CapturedLog.ofSessions();
                RunningFakeQmpServer server = MACHINE.when("none").reply("{}").startTcp()) {
            QmpClient client =
                    QmpClient.create().address(server.address()).name("vm").observer(new Rude(false));
            StepVerifier.create(client.use(session -> session.execute("none").then(session.execute("query-status"))))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(
                    1,
                    log.about("what this observer throws later is not logged").size());
        }
    }
}
