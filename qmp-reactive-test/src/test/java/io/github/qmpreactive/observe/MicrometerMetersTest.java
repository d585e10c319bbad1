package io.github.qmpreactive.observe;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("MicrometerMeters")
class MicrometerMetersTest {

    private static final FakeQmpServer MACHINE = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"status\": \"running\", \"running\": true}")
            .when("slow")
            .silent();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerMeters meters = MicrometerMeters.of(registry);

    private QmpClient client(RunningFakeQmpServer server) {
        return QmpClient.create().address(server.address()).name("vm").observer(meters);
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    private double gauge(String name) {
        return registry.get(name).tag("peer", "monitor").gauge().value();
    }

    private void assertGauges(int sessions, int queued, int inFlight, int buffered) {
        assertEquals(
                Map.of("sessions", sessions, "queued", queued, "in flight", inFlight, "buffered", buffered),
                Map.of(
                        "sessions", (int) gauge("qmp.sessions"),
                        "queued", (int) gauge("qmp.commands.queued"),
                        "in flight", (int) gauge("qmp.commands.in.flight"),
                        "buffered", (int) gauge("qmp.events.buffered")));
    }

    @Test
    @DisplayName(
            "counts what waits and what is in flight, one that was given up until it is answered, over all sessions")
    void commands() {
        try (RunningFakeQmpServer server = MACHINE.startTcp();
                RunningFakeQmpServer other = MACHINE.startTcp()) {
            QmpSession first = await(client(server).maxInFlight(1).connect());
            QmpSession second = await(client(other).connect());
            assertGauges(2, 0, 0, 0);
            Disposable slow = first.execute("slow").subscribe();
            FakeConnection connection = server.awaitConnection();
            var command = connection.awaitCommand("slow");
            var next = first.execute("query-status").toFuture();
            var third = second.execute("slow").subscribe();
            other.awaitConnection().awaitCommand("slow");
            assertGauges(2, 1, 2, 0);
            slow.dispose();
            assertGauges(2, 1, 2, 0);
            connection.reply(command, "{}");
            await(Mono.fromFuture(next));
            assertGauges(2, 0, 1, 0);
            third.dispose();
            second.disconnect().block(PATIENCE);
            assertGauges(1, 0, 0, 0);
            first.disconnect().block(PATIENCE);
            assertGauges(0, 0, 0, 0);
            assertEquals(
                    3,
                    registry.get("qmp.command.wait")
                            .tag("peer", "monitor")
                            .timer()
                            .count());
        }
    }

    @Test
    @DisplayName("times handshakes and the life of sessions, by what ended them")
    void sessions() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession first = await(client(server).connect());
            first.disconnect().block(PATIENCE);
            QmpSession second = await(client(server).connect());
            server.awaitConnection(1).close();
            StepVerifier.create(second.onDisconnect()).expectError().verify(PATIENCE);
            assertEquals(
                    2,
                    registry.get("qmp.session.handshake")
                            .tag("peer", "monitor")
                            .timer()
                            .count());
            assertEquals(
                    1, registry.get("qmp.session").tag("end", "orderly").timer().count());
            assertEquals(
                    1,
                    registry.get("qmp.session")
                            .tag("end", "end_of_file")
                            .timer()
                            .count());
        }
    }

    @Test
    @DisplayName("counts events that wait until the session ends, and those that are dropped")
    void events() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).connect());
            var slow = new BaseSubscriber<Object>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    // Requests nothing.
                }
            };
            session.events(EventOptions.all().bufferSize(2).overflow(EventOverflow.DROP_OLDEST))
                    .subscribe(slow);
            await(session.execute("query-status"));
            server.awaitConnection().emitMany(5, "N");
            await(session.execute("query-status"));
            assertGauges(1, 0, 0, 2);
            assertEquals(
                    3,
                    registry.get("qmp.events.dropped")
                            .tag("peer", "monitor")
                            .tag("reason", "oldest")
                            .counter()
                            .count());
            session.disconnect().block(PATIENCE);
            assertGauges(0, 0, 0, 0);
            slow.request(10);
            slow.cancel();
            assertGauges(0, 0, 0, 0);
        }
    }

    @Test
    @DisplayName("has no tag for a session: the number of meters is the same for any number of them")
    void cardinality() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            client(server).use(session -> session.execute("query-status")).block(PATIENCE);
            int before = registry.getMeters().size();
            for (int i = 0; i < 5; i++) {
                client(server)
                        .name("vm-" + i)
                        .use(session -> session.execute("query-status"))
                        .block(PATIENCE);
            }
            assertEquals(before, registry.getMeters().size());
            for (Meter meter : registry.getMeters()) {
                for (Tag tag : meter.getId().getTags()) {
                    assertTrue(!tag.getValue().contains("vm"), meter.getId()::toString);
                }
            }
        }
    }
}
