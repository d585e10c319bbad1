package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("A subscriber that throws from onSubscribe")
class ThrowingOnSubscribeTest {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.github.qmpreactive.session");

    /** Throws from onSubscribe, and records every later signal. */
    private static final class Throwing<T> implements CoreSubscriber<T> {

        private final List<String> signals = new ArrayList<>();

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
            throw new IllegalStateException("onSubscribe");
        }

        @Override
        public void onNext(T value) {
            signals.add("next");
        }

        @Override
        public void onError(Throwable error) {
            signals.add("error");
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    @BeforeEach
    void hush() {
        LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        LOG.setLevel(null);
    }

    @Test
    @DisplayName("to commands: takes no place in the queue, and nothing is sent")
    void command() {
        try (RunningFakeQmpServer server = machine().when("slow").reply("{}").startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(9));
            for (int i = 0; i < 10; i++) {
                Throwing<Object> throwing = new Throwing<>();
                session.execute("slow").subscribe(throwing);
                assertEquals(List.of(), throwing.signals);
            }
            // The event loop releases the places, when its turn comes.
            Patience.until(() -> isTaken(session), () -> "the queue is still full");
            assertEquals(List.of(), server.awaitConnection().received("slow"));
            finish(session.disconnect());
        }
    }

    private static boolean isTaken(QmpSession session) {
        return await(
                session.execute("query-status").thenReturn(true).onErrorReturn(CommandQueueFullError.class, false));
    }

    @Test
    @DisplayName("to events: is no subscriber to events, and others get all of them")
    void events() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            Throwing<QmpEvent> throwing = new Throwing<>();
            session.events().subscribe(throwing);
            List<String> seen = new ArrayList<>();
            session.events().map(QmpEvent::name).subscribe(seen::add);
            server.awaitConnection().emit("A");
            await(session.execute("query-status"));
            finish(session.disconnect());
            assertEquals(List.of("A"), seen);
            assertEquals(List.of(), throwing.signals);
        }
    }

    @Test
    @DisplayName("to states, the end and a refused command: the session goes on, and ends for the others")
    void others() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            session.states().subscribe(new Throwing<>());
            session.onDisconnect().subscribe(new Throwing<>());
            session.disconnect().subscribe(new Throwing<>());
            finish(session.onDisconnect());
            Throwing<Object> refused = new Throwing<>();
            session.execute("query-status").subscribe(refused);
            assertEquals(List.of(), refused.signals);
        }
    }

    @Test
    @DisplayName("an error of the JVM: the error goes to its caller, no place is taken, and nothing is sent")
    void errorOfTheJvm() {
        try (RunningFakeQmpServer server = machine().when("slow").reply("{}").startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(9));
            for (int i = 0; i < 10; i++) {
                Mono<?> slow = session.execute("slow").doOnSubscribe(subscription -> {
                    throw new NoClassDefFoundError("onSubscribe");
                });
                assertThrows(NoClassDefFoundError.class, () -> slow.subscribe(reply -> {}, error -> {}));
            }
            Patience.until(() -> isTaken(session), () -> "the queue is still full");
            assertEquals(List.of(), server.awaitConnection().received("slow"));
            finish(session.disconnect());
        }
    }
}
