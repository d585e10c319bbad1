package io.github.qmpreactive.fleet;

import static io.github.qmpreactive.fleet.Stubs.LOST;
import static io.github.qmpreactive.fleet.Stubs.STEADY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("The machines of a fleet")
class FleetMachinesTest {

    private static State state(QmpSupervisor machine) {
        return machine.link().state();
    }

    @Test
    @DisplayName("connect when they are added, and are there by name until they are removed")
    void addAndRemove() {
        try (Stubs stubs = new Stubs()) {
            QmpFleet fleet = stubs.fleet;
            QmpSupervisor a = fleet.add("a", stubs.connects("a"), STEADY);
            assertTrue(a.current().isPresent());
            assertEquals(Optional.of(a), fleet.machine("a"));
            stubs.with("b");
            assertEquals(Set.of("a", "b"), fleet.names());
            assertEquals("QmpFleet[2 machines, running]", fleet.toString());

            assertEquals(Optional.of(a), fleet.remove("a"));
            assertEquals(State.STOPPED, state(a));
            assertEquals(1, stubs.session("a").disconnects());
            assertEquals(Optional.empty(), fleet.machine("a"));
            assertEquals(Optional.empty(), fleet.remove("a"));
            assertEquals(Set.of("b"), fleet.names());
            stubs.with("a");
            assertTrue(fleet.machine("a").orElseThrow().current().isPresent());
        }
    }

    @Test
    @DisplayName("have a name of their own: a second one of that name is refused by its name, and is not connected")
    void duplicate() {
        try (Stubs stubs = new Stubs().with("a")) {
            var session = stubs.session("a");
            var error = assertThrows(IllegalArgumentException.class, () -> stubs.with("a"));
            assertEquals(
                    "A machine named a is in the fleet already; remove it first, or use another name",
                    error.getMessage());
            assertEquals(session, stubs.session("a"));
        }
    }

    @Test
    @DisplayName("A client without an address is refused")
    void noAddress() {
        assertThrows(IllegalStateException.class, () -> QmpFleet.create().add("a", QmpClient.create()));
        assertThrows(
                IllegalArgumentException.class, () -> FleetOptions.defaults().maxConnecting(0));
    }

    @Test
    @DisplayName("connect when the fleet is started, and are disconnected when it is stopped, again and again")
    void startAndStop() {
        try (Stubs stubs = new Stubs()) {
            QmpFleet fleet = stubs.fleet;
            fleet.stop();
            stubs.with("a", "b");
            QmpSupervisor a = fleet.machine("a").orElseThrow();
            assertEquals(State.STOPPED, state(a));
            for (int i = 0; i < 3; i++) {
                fleet.start();
                fleet.start();
                assertTrue(fleet.isRunning());
                assertEquals(State.UP, state(a));
                var stopped = new ArrayList<String>();
                fleet.stopped().doOnSuccess(done -> stopped.add("stopped")).subscribe();
                assertEquals(List.of(), stopped);
                fleet.stop();
                fleet.stop();
                assertFalse(fleet.isRunning());
                assertEquals(List.of("stopped"), stopped);
                assertEquals(State.STOPPED, state(a));
                assertEquals(1, stubs.session("b").disconnects());
            }
            StepVerifier.create(fleet.stopped()).verifyComplete();
        }
    }

    @Test
    @DisplayName("may be stopped and started by themselves")
    void oneByItself() {
        try (Stubs stubs = new Stubs().with("a", "b")) {
            QmpSupervisor a = stubs.fleet.machine("a").orElseThrow();
            a.stop();
            assertEquals(State.STOPPED, state(a));
            assertEquals(State.UP, state(stubs.fleet.machine("b").orElseThrow()));
            a.start();
            assertEquals(State.UP, state(a));
        }
    }

    @Test
    @DisplayName("Links: those of all, each change, machines that are added, and those that are removed")
    void links() {
        try (Stubs stubs = new Stubs().with("a")) {
            List<String> seen = new ArrayList<>();
            var links = stubs.fleet
                    .links()
                    .map(link -> link.machine() + " "
                            + link.link().map(l -> l.state().name()).orElse("removed"))
                    .subscribe(seen::add);
            stubs.with("b");
            stubs.session("a").ends(LOST);
            stubs.passes(100);
            stubs.fleet.remove("b");
            assertEquals(
                    List.of("a UP", "b STOPPED", "b CONNECTING", "b UP", "a DOWN", "a CONNECTING", "a UP", "b removed"),
                    seen);
            links.dispose();
            stubs.fleet.remove("a");
            assertEquals(8, seen.size());
        }
    }

    @Test
    @DisplayName(
            "Links for a subscriber without demand: the latest of each, and no removal of a machine that it never saw")
    void slowLinks() {
        try (Stubs stubs = new Stubs().with("a", "b")) {
            StepVerifier.create(stubs.fleet.links().map(FleetLinks::text), 1)
                    .expectNext("a UP")
                    .then(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            stubs.session("a").ends(LOST);
                            stubs.passes(60_000);
                            stubs.with("c" + i);
                            stubs.fleet.remove("c" + i);
                        }
                        stubs.with("d");
                        stubs.fleet.remove("a");
                    })
                    .thenRequest(10)
                    .expectNext("b UP", "d STOPPED", "a removed", "d UP")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("Links of a machine that is added while one of its name is being removed come behind the removal")
    void addedWhileRemoved() {
        try (Stubs stubs = new Stubs().with("a")) {
            stubs.fleet.links().filter(link -> link.link().isEmpty()).take(1).subscribe(removed -> stubs.with("a"));
            List<String> seen = new ArrayList<>();
            stubs.fleet.links().map(FleetLinks::text).subscribe(seen::add);
            stubs.fleet.remove("a");
            assertEquals(List.of("a UP", "a removed", "a STOPPED", "a UP"), seen);
        }
    }

    @Test
    @DisplayName("are started when they have been added, also while another thread starts others")
    void addedWhileOthersStart() {
        try (Stubs stubs = new Stubs()) {
            List<Boolean> running = new ArrayList<>();
            stubs.fleet.add(
                    "a",
                    Mono.defer(() -> {
                        running.add(CompletableFuture.supplyAsync(() -> stubs.fleet
                                        .add("b", Mono.never(), STEADY)
                                        .isRunning())
                                .join());
                        return Mono.never();
                    }),
                    STEADY);
            assertEquals(List.of(true), running);
        }
    }

    /** Texts of links. */
    static final class FleetLinks {
        private FleetLinks() {}

        static String text(FleetLink link) {
            return link.machine() + " " + link.link().map(l -> l.state().name()).orElse("removed");
        }
    }

    @Test
    @DisplayName("A machine that waits for its turn to connect can be removed")
    void removedWhileWaiting() {
        try (Stubs stubs = new Stubs(FleetOptions.defaults().maxConnecting(1))) {
            stubs.fleet.add("silent", Mono.never(), STEADY);
            stubs.with("a", "b");
            assertEquals(State.CONNECTING, state(stubs.fleet.machine("a").orElseThrow()));
            stubs.fleet.remove("a");
            assertEquals(
                    Optional.empty(), stubs.fleet.machine("b").orElseThrow().current());
            stubs.fleet.remove("silent");
            assertTrue(stubs.fleet.machine("b").orElseThrow().current().isPresent());
            assertThrows(NullPointerException.class, () -> stubs.session("a"));
        }
    }

    @Test
    @DisplayName("are all stopped, and stop() returns, although a subscriber to the end of the fleet throws")
    void endThrows() {
        Logger log = (Logger) LoggerFactory.getLogger("io.github.qmpreactive.session");
        log.setLevel(Level.OFF); // It has what was thrown.
        try (Stubs stubs = new Stubs().with("a")) {
            stubs.fleet.stopped().subscribe(new CoreSubscriber<Void>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Void value) {}

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onComplete() {
                    throw new IllegalStateException("rude");
                }
            });
            stubs.fleet.stop();
            StepVerifier.create(stubs.fleet.stopped()).expectComplete().verify(Patience.PATIENCE);
        } finally {
            log.setLevel(null);
        }
    }
}
