package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.fleet.FleetEvent;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.StubSession;
import io.github.qmpreactive.supervise.SupervisedEvent;
import io.github.qmpreactive.supervise.SupervisorOptions;
import io.github.qmpreactive.test.Patience;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Events across sessions, as publishers of so many elements, for one subscriber. */
final class FollowedEvents {

    private static final SupervisorOptions<QmpSession> AT_ONCE =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(1), Duration.ofMillis(2));
    private static final int MACHINES = 3;

    private FollowedEvents() {}

    private static EventOptions options(long elements) {
        return EventOptions.all().bufferSize((int) Math.max(1, elements));
    }

    /** Events of one session, the gap, events of the next one; completes. Fewer than three are events of the first one. */
    static Publisher<SupervisedEvent> ofSupervisor(long elements) {
        StubSession first = StubSession.named("first");
        StubSession second = StubSession.named("second");
        Iterator<StubSession> sessions = List.of(first, second).iterator();
        QmpSupervisor vm = QmpSupervisor.of("vm", Mono.fromSupplier(() -> sessions.next().session), AT_ONCE);
        vm.start();
        awaitSession(vm, first);
        Flux<SupervisedEvent> events = vm.events(options(elements));
        return subscriber -> {
            events.subscribe(subscriber);
            if (elements < 3) {
                emit(first, elements);
            } else {
                emit(first, elements / 2);
                first.ends(null);
                awaitSession(vm, second);
                emit(second, elements - elements / 2 - 1);
            }
            vm.stop();
        };
    }

    private static void awaitSession(QmpSupervisor vm, StubSession session) {
        Patience.until(() -> vm.session().block(Patience.PATIENCE) == session.session, () -> vm + ": no " + session);
    }

    private static void emit(StubSession session, long events) {
        for (long i = 0; i < events; i++) {
            session.emit("X");
        }
    }

    /** Errors once there is a subscriber. */
    static Publisher<SupervisedEvent> ofSupervisorThatGivesUp() {
        QmpSupervisor vm = QmpSupervisor.of(
                "vm", Mono.error(new ConnectError(Reason.NOT_PERMITTED, "[vm] Not permitted", null)), AT_ONCE);
        return subscriber -> {
            vm.events().subscribe(subscriber);
            vm.start();
        };
    }

    /** Events of some machines in turn; completes, which the fleet does not by itself. */
    static Publisher<FleetEvent> ofFleet(long elements) {
        QmpFleet fleet = QmpFleet.create();
        List<StubSession> sessions = IntStream.range(0, MACHINES)
                .mapToObj(i -> StubSession.named("vm" + i))
                .toList();
        sessions.forEach(session -> fleet.add(session.session.name(), Mono.just(session.session), AT_ONCE));
        fleet.start();
        for (StubSession session : sessions) {
            awaitSession(fleet.machine(session.session.name()).orElseThrow(), session);
        }
        Flux<FleetEvent> events = fleet.events(options(elements)).take(elements);
        return subscriber -> {
            events.subscribe(subscriber);
            for (long i = 0; i < elements; i++) {
                sessions.get((int) (i % MACHINES)).emit("X");
            }
        };
    }

    /** Errors with the first event once there is a subscriber. */
    static Publisher<FleetEvent> ofFleetThatFails() {
        QmpFleet fleet = QmpFleet.create();
        StubSession session = StubSession.named("vm");
        fleet.add("vm", Mono.just(session.session), AT_ONCE);
        fleet.start();
        awaitSession(fleet.machine("vm").orElseThrow(), session);
        return subscriber -> {
            fleet.events(EventOptions.all().filter(event -> {
                        throw new IllegalStateException("filter");
                    }))
                    .subscribe(subscriber);
            session.emit("X");
        };
    }
}
