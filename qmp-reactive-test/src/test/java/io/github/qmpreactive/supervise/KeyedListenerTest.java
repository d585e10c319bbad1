package io.github.qmpreactive.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.SessionRefusedError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

@ExtendWith(LeakGuard.class)
@DisplayName("QEMUs that dial in, each supervised by its key,")
class KeyedListenerTest {

    private static final SupervisorOptions<QmpSession> FAST =
            SupervisorOptions.forMonitor().backoff(Duration.ofMillis(1), Duration.ofMillis(2));

    private QmpListener listener;
    private KeyedListener machines;
    private final List<QmpSupervisor> supervisors = new ArrayList<>();

    @BeforeEach
    void listen() {
        listener = await(QmpClient.create().tcp("127.0.0.1", 0).name("vms").listen());
        machines = KeyedListener.of(listener, KeyedListenerTest::key);
    }

    @AfterEach
    void close() {
        supervisors.forEach(QmpSupervisor::stop);
        supervisors.forEach(vm -> vm.stopped().block(Patience.PATIENCE));
        listener.close().block(Patience.PATIENCE);
    }

    private static Mono<String> key(QmpSession session) {
        return session.execute("query-name").map(reply -> reply.path("name").asString());
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Patience.PATIENCE));
    }

    private QmpSupervisor started(String key) {
        QmpSupervisor vm = machines.supervisor(key, FAST);
        supervisors.add(vm);
        vm.start();
        return vm;
    }

    private RunningFakeQmpServer dial(String name) {
        return FakeQmpServer.create()
                .when("query-name")
                .reply("{\"name\": \"" + name + "\"}")
                .withReconnect(Duration.ofMillis(5))
                .startDialling(listener.address());
    }

    private static Mono<Link> link(QmpSupervisor vm, State state) {
        return vm.links().filter(link -> link.state() == state).next();
    }

    @Test
    @DisplayName("come back to their own supervisors, each time, whichever dials first")
    void comeBack() {
        QmpSupervisor web = started("web");
        QmpSupervisor db = started("db");
        try (RunningFakeQmpServer dbVm = dial("db");
                RunningFakeQmpServer webVm = dial("web")) {
            for (int i = 0; i < 10; i++) {
                QmpSession webSession = await(web.session());
                QmpSession dbSession = await(db.session());
                assertEquals("web", await(key(webSession)));
                assertEquals("db", await(key(dbSession)));
                webVm.awaitConnection(i).reset();
                await(webSession.onDisconnect().materialize());
                await(dbSession.disconnect().materialize());
            }
            assertEquals("db", await(db.session().flatMap(KeyedListenerTest::key)));
            dbVm.awaitConnection(10);
        }
    }

    @Test
    @DisplayName(
            "wait until a supervisor is started; one with an unknown key is disconnected, emitted by refused(), and logged once")
    void unknown() {
        try (CapturedLog log = CapturedLog.ofSupervisors();
                RunningFakeQmpServer stranger = dial("stranger")) {
            var refused = machines.refused().take(3).collectList().toFuture();
            assertEquals(List.of(), stranger.received("query-name"));
            QmpSupervisor web = started("web");
            List<SessionRefusedError> told = refused.join();
            assertEquals(Optional.of("stranger"), told.get(2).key());
            stranger.awaitConnection(2);
            assertEquals(
                    1, log.about("stranger").size(), () -> log.about("stranger").toString());
            assertEquals(State.CONNECTING, await(web.links().next()).state());
        }
    }

    @Test
    @DisplayName("A session that does not tell its key in time is disconnected; others do not wait for it")
    void noKey() {
        machines = KeyedListener.of(listener, KeyedListenerTest::key, Duration.ofSeconds(7));
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer silent =
                        FakeQmpServer.create().when("query-name").silent().startDialling(listener.address())) {
            QmpSupervisor web = started("web");
            var refused = machines.refused().next().toFuture();
            silent.awaitConnection(0).awaitCommand("query-name");
            try (RunningFakeQmpServer webVm = dial("web")) {
                assertEquals("web", await(web.session().flatMap(KeyedListenerTest::key)));
                timers.runOut(Duration.ofSeconds(7));
                assertEquals(Optional.empty(), refused.join().key());
                silent.awaitConnection(0).awaitClosed();
                assertEquals(1, webVm.openConnections().size());
            }
        }
    }

    @Test
    @DisplayName("A second machine with the same key is refused while the first one answers")
    void second() {
        QmpSupervisor web = started("web");
        try (RunningFakeQmpServer first = dial("web")) {
            QmpSession session = await(web.session());
            var refused = machines.refused().next().toFuture();
            try (RunningFakeQmpServer second = dial("web")) {
                assertEquals(Optional.of("web"), refused.join().key());
                second.awaitConnection(0).awaitClosed();
                assertTrue(session.isRunning());
                assertEquals(1, first.openConnections().size());
            }
        }
    }

    @Test
    @DisplayName("A connection that is half dead does not keep its machine out: it does not answer, and is replaced")
    void halfDead() {
        machines = KeyedListener.of(listener, KeyedListenerTest::key, Duration.ofMillis(300));
        QmpSupervisor web = started("web");
        try (RunningFakeQmpServer dead = dial("web")) {
            QmpSession first = await(web.session());
            dead.when("query-name").silent();
            dead.stopListening().block(Patience.PATIENCE);
            try (RunningFakeQmpServer again = dial("web")) {
                await(first.onDisconnect().materialize());
                QmpSession next = await(web.session());
                assertEquals("web", await(key(next)));
                assertEquals(1, again.openConnections().size());
            }
        }
    }

    @Test
    @DisplayName(
            "A second supervisor with a key that is in use gives up, and so do those that wait when the listener is closed")
    void givesUp() {
        QmpSupervisor web = started("web");
        QmpSupervisor twin = started("web");
        assertInstanceOf(
                IllegalStateException.class,
                await(link(twin, State.GAVE_UP)).cause().orElseThrow());
        listener.close().block(Patience.PATIENCE);
        assertInstanceOf(
                IllegalStateException.class,
                await(link(web, State.GAVE_UP)).cause().orElseThrow());
    }

    @Test
    @DisplayName("A supervisor that is stopped lets its session go, and gets the next one when it is started again")
    void restarts() {
        QmpSupervisor web = started("web");
        try (RunningFakeQmpServer vm = dial("web")) {
            for (int i = 0; i < 20; i++) {
                await(web.session());
                web.stop();
                web.stopped().block(Patience.PATIENCE);
                web.start();
            }
            assertTrue(vm.isOpen());
        }
    }
}
