package io.github.qmpreactive.observe;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Handlers and registries of Micrometer that throw")
class ThrowingHandlersTest {

    private static final FakeQmpServer MACHINE =
            FakeQmpServer.create().when("stop").error("GenericError", "not today");

    private static QmpClient client(RunningFakeQmpServer server, QmpObserver observer) {
        return QmpClient.create().address(server.address()).name("vm").observer(observer);
    }

    /** Throws from one of its methods. */
    private record Throwing(String method) implements ObservationHandler<Observation.Context> {

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onStart(Observation.Context context) {
            call("onStart");
        }

        @Override
        public void onEvent(Observation.Event event, Observation.Context context) {
            call("onEvent");
        }

        @Override
        public void onError(Observation.Context context) {
            call("onError");
        }

        private void call(String called) {
            if (called.equals(method)) {
                throw new LinkageError("from " + called);
            }
        }
    }

    /** Counts, by name, what has begun and not ended. */
    private static final class Open implements ObservationHandler<Observation.Context> {

        private final Map<String, Integer> open = new TreeMap<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public synchronized void onStart(Observation.Context context) {
            open.merge(context.getName(), 1, Integer::sum);
        }

        @Override
        public synchronized void onStop(Observation.Context context) {
            open.merge(context.getName(), -1, Integer::sum);
        }

        synchronized Map<String, Integer> open() {
            return Map.copyOf(open);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onStart", "onEvent", "onError"})
    @DisplayName("harm no command, are logged once, and leave nothing begun at the handlers before them")
    void handlers(String method) {
        Open before = new Open();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(before).observationHandler(new Throwing(method));
        try (CapturedLog log = CapturedLog.ofSessions();
                RunningFakeQmpServer server = MACHINE.startTcp()) {
            for (int i = 0; i < 2; i++) {
                StepVerifier.create(
                                client(server, MicrometerObserver.of(registry)).use(session -> session.execute("stop")))
                        .expectError(ExecuteError.class)
                        .verify(PATIENCE);
            }
            // One whose opening cannot be observed is not observed at all.
            boolean opened = !method.equals("onStart");
            assertEquals(
                    opened ? Map.of("qmp.command", 0, "qmp.session.open", 0) : Map.of("qmp.session.open", 0),
                    before.open());
            List<String> lines = log.about("what this observer throws later is not logged");
            assertEquals(2, lines.size(), "one for each client: " + lines);
        }
    }

    /** Has timers that throw. */
    private static final class Broken extends SimpleMeterRegistry {

        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
            return new AbstractTimer(id, clock, config, pauses, TimeUnit.SECONDS, false) {
                @Override
                protected void recordNonNegative(long amount, TimeUnit unit) {
                    throw new IllegalStateException("no place");
                }

                @Override
                public long count() {
                    return 0;
                }

                @Override
                public double totalTime(TimeUnit unit) {
                    return 0;
                }

                @Override
                public double max(TimeUnit unit) {
                    return 0;
                }
            };
        }

        Map<String, Integer> gauges() {
            Map<String, Integer> values = new TreeMap<>();
            for (String name : List.of("qmp.sessions", "qmp.commands.queued", "qmp.commands.in.flight")) {
                values.put(name, (int) get(name).tag("peer", "monitor").gauge().value());
            }
            return values;
        }
    }

    @Test
    @DisplayName("leave the gauges right")
    void timers() {
        Broken registry = new Broken();
        try (CapturedLog log = CapturedLog.ofSessions();
                RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = Objects.requireNonNull(
                    client(server, MicrometerMeters.of(registry)).connect().block(PATIENCE));
            assertEquals(
                    Map.of("qmp.sessions", 1, "qmp.commands.queued", 0, "qmp.commands.in.flight", 0),
                    registry.gauges());
            StepVerifier.create(session.execute("stop")).expectError().verify(PATIENCE);
            session.disconnect().block(PATIENCE);
            assertEquals(
                    Map.of("qmp.sessions", 0, "qmp.commands.queued", 0, "qmp.commands.in.flight", 0),
                    registry.gauges());
            assertEquals(
                    1,
                    log.about("what this observer throws later is not logged").size());
        }
    }
}
