package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Events from before the first subscription, beside a small buffer")
class EarlyEventsTest {

    private static QmpSession withEarly(RunningFakeQmpServer server, int count) {
        QmpSession session = connect(server);
        FakeConnection connection = server.awaitConnection();
        for (int i = 0; i < count; i++) {
            connection.emit("E" + i);
        }
        await(session.execute("query-status"));
        return session;
    }

    private static List<String> names(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("E" + i);
        }
        return names;
    }

    @ParameterizedTest
    @EnumSource(EventOverflow.class)
    @DisplayName("they do not count towards its size: none is lost, whatever the policy")
    void notCounted(EventOverflow overflow) {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = withEarly(server, 10);
            List<QmpEvent> lost = new ArrayList<>();
            Flux<String> events = session.events(
                            EventOptions.all().bufferSize(1).overflow(overflow).onLost(lost::add))
                    .map(QmpEvent::name)
                    .take(10);
            StepVerifier.create(events.collectList()).expectNext(names(10)).verifyComplete();
            assertEquals(List.of(), lost);
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("they come first, as they are asked for, then what is buffered, then the error")
    void inOrder() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = withEarly(server, 3);
            FakeConnection connection = server.awaitConnection();
            StepVerifier.create(session.events(EventOptions.all().bufferSize(2)).map(QmpEvent::name), 0)
                    .expectSubscription()
                    .then(() -> connection.emit("F"))
                    .then(() -> connection.emit("G"))
                    .then(() -> connection.emit("H"))
                    .then(() -> await(session.execute("query-status")))
                    .thenRequest(2)
                    .expectNext("E0", "E1")
                    .thenRequest(10)
                    .expectNext("E2", "F", "G")
                    .verifyError(EventOverflowError.class);
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("they outlive the session, and a subscriber that cancels leaves nothing behind")
    void afterTheEnd() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = withEarly(server, 3);
            finish(session.disconnect());
            StepVerifier.create(session.events().map(QmpEvent::name), 1)
                    .expectNext("E0")
                    .thenRequest(5)
                    .expectNext("E1", "E2")
                    .verifyComplete();
            StepVerifier.create(session.events()).verifyComplete();
        }
    }
}
