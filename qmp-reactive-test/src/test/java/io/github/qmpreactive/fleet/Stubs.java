package io.github.qmpreactive.fleet;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.supervise.StubSession;
import io.github.qmpreactive.supervise.SupervisorOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A fleet in virtual time, with sessions that do what a test says. */
final class Stubs implements AutoCloseable {

    static final ConnectionLostError LOST = new ConnectionLostError(How.RESET, "Reset", null);
    static final ConnectError FORBIDDEN = new ConnectError(Reason.NOT_PERMITTED, "Not permitted", null);
    static final SupervisorOptions<QmpSession> STEADY =
            SupervisorOptions.forMonitor().jitter(0);

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
    private final Map<String, StubSession> sessions = new HashMap<>();
    final QmpFleet fleet;

    Stubs() {
        this(FleetOptions.defaults());
    }

    Stubs(FleetOptions options) {
        fleet = QmpFleet.create(options);
        fleet.start();
    }

    /** Adds machines that connect at once. */
    Stubs with(String... names) {
        for (String name : names) {
            fleet.add(name, connects(name), STEADY);
        }
        return this;
    }

    /** A session at each attempt. */
    Mono<QmpSession> connects(String name) {
        return Mono.fromSupplier(() -> {
            StubSession session = StubSession.named(name);
            sessions.put(name, session);
            return session.session;
        });
    }

    /** The latest session of a machine. */
    StubSession session(String name) {
        return Objects.requireNonNull(sessions.get(name), name);
    }

    void passes(Duration time) {
        clock.advanceTimeBy(time);
    }

    void passes(long millis) {
        passes(Duration.ofMillis(millis));
    }

    @Override
    public void close() {
        fleet.stop();
        VirtualTimeScheduler.reset();
    }
}
