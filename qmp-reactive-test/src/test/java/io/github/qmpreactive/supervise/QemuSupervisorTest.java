package io.github.qmpreactive.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuOptions;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("A supervisor of real QEMU")
class QemuSupervisorTest {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMillis(200);

    /** A loaded machine may need as long to answer. */
    private static final Duration SILENCE = Duration.ofSeconds(4);

    @TempDir
    Path folder;

    private final Queue<SupervisedEvent> events = new ConcurrentLinkedQueue<>();
    private @Nullable Supervisor<?> supervisor;

    @AfterEach
    void stop() {
        if (supervisor != null) {
            supervisor.stop();
            supervisor.stopped().block(Patience.PATIENCE);
        }
    }

    private Path socket() {
        return folder.resolve("vm.sock");
    }

    private QemuLauncher at(Path socket) {
        return QemuLauncher.system()
                .withArgs("-chardev", "socket,id=app,path=" + socket + ",server=on,wait=off")
                .withArgs(QemuOptions.monitor("app"));
    }

    private QmpClient client() {
        return QmpClient.create().unixSocket(socket()).name("vm");
    }

    private QmpSupervisor started(QmpClient client) {
        QmpSupervisor vm = QmpSupervisor.of(
                client,
                SupervisorOptions.forMonitor()
                        .backoff(SHORTEST, LONGEST)
                        .onConnect(session -> session.execute("query-status")));
        supervisor = vm;
        vm.events().subscribe(events::add);
        vm.start();
        return vm;
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(Patience.PATIENCE));
    }

    private static QmpSession session(QmpSupervisor vm) {
        return await(vm.session());
    }

    private static Link await(Supervisor<?> vm, State state) {
        return await(vm.links().filter(link -> link.state() == state).next());
    }

    private List<String> names() {
        return events.stream()
                .map(event ->
                        event instanceof Received received ? received.event().name() : "gap")
                .toList();
    }

    /** Each session of a machine that is stopped says RESUME once. */
    private void resumes(QmpSession session) {
        await(session.executeAndAwait("cont", "RESUME"));
    }

    @Test
    @DisplayName("that is not there yet, killed, and started again: one session each, with a gap between their events")
    void killed() {
        QmpSupervisor vm = started(client());
        assertTrue(await(vm, State.DOWN).cause().isPresent());
        for (int i = 0; i < 3; i++) {
            try (QemuProcess qemu = at(socket()).start()) {
                QmpSession session = session(vm);
                resumes(session);
                qemu.kill();
                assertInstanceOf(
                        ConnectionLostError.class,
                        await(session.onDisconnect().materialize()).getThrowable());
            }
        }
        Patience.until(() -> events.size() >= 5, () -> names().toString());
        assertEquals(List.of("RESUME", "gap", "RESUME", "gap", "RESUME"), names());
        Gap gap = (Gap) List.copyOf(events).get(1);
        assertTrue(gap.from().isBefore(gap.until()));
        assertInstanceOf(ConnectionLostError.class, gap.cause().orElseThrow());
    }

    @Test
    @DisplayName("that quits and is started again: an orderly end is followed by a new session, too")
    void quits() {
        QmpSupervisor vm;
        try (QemuProcess qemu = at(socket()).start()) {
            vm = started(client());
            session(vm).quit().block(Patience.PATIENCE);
            assertEquals(0, await(qemu.exitCode()));
        }
        try (QemuProcess again = at(socket()).start()) {
            resumes(session(vm));
            assertTrue(again.isAlive());
        }
        assertEquals(List.of("SHUTDOWN", "gap", "RESUME"), names());
    }

    @Test
    @DisplayName(
            "that is stopped (SIGSTOP): probe ends the session, the command fails and is not sent again; the next session comes when it goes on")
    void suspended() {
        try (QemuProcess qemu = at(socket()).start()) {
            QmpSupervisor vm = started(client().probe(SILENCE));
            QmpSession first = session(vm);
            qemu.suspend();
            var command = first.execute("cont").materialize().toFuture();
            var interrupted =
                    assertInstanceOf(ExecInterruptedError.class, command.join().getThrowable());
            assertTrue(interrupted.isWritten());
            var lost = assertInstanceOf(ConnectionLostError.class, interrupted.getCause());
            assertEquals(ConnectionLostError.How.SILENT, lost.how());
            qemu.resume();
            QmpSession second = session(vm);
            // QEMU may have read the command, or discarded it with the connection.
            if (!await(second.execute("query-status")).path("running").asBoolean()) {
                resumes(second);
            }
            Gap gap = (Gap)
                    events.stream().filter(Gap.class::isInstance).findFirst().orElseThrow();
            assertTrue(Duration.between(gap.from(), gap.until()).compareTo(SILENCE) >= 0);
        }
    }

    @Test
    @DisplayName(
            "whose socket file is removed, and made anew by another process: the session stays, the next one is the other's")
    void socketRemoved() throws IOException {
        try (QemuProcess first = at(socket()).start()) {
            QmpSupervisor vm = started(client());
            QmpSession session = session(vm);
            Files.delete(socket());
            await(session.execute("query-status"));
            try (QemuProcess second = at(socket()).withArgs("-name", "second").start()) {
                assertTrue(await(session.execute("query-name")).path("name").isMissingNode());
                first.kill();
                await(session.onDisconnect().materialize());
                assertEquals(
                        "second",
                        await(session(vm).execute("query-name")).path("name").asString());
                assertTrue(second.isAlive());
            }
        }
    }

    @Test
    @DisplayName("that is replaced by another version: the link has the new one")
    void otherVersion() {
        QmpSupervisor vm;
        QemuVersion real = QemuBinary.SYSTEM.version().orElseThrow();
        QemuVersion other = new QemuVersion(real.major() == 10 ? 11 : 10, real.major() == 10 ? 1 : 0, 0, "");
        try (QemuProcess qemu = at(socket()).start()) {
            vm = started(client());
            session(vm);
            QemuVersion up = await(vm, State.UP).version().orElseThrow();
            assertEquals(real.major(), up.major());
            qemu.kill();
        }
        try (RunningFakeQmpServer newer = FakeQmpServer.create()
                .withProfile(QemuProfile.of(other))
                .withPath(socket())
                .when("query-status")
                .reply("{}")
                .startUnix()) {
            Link link = await(vm.links()
                    .filter(l ->
                            l.version().filter(v -> v.major() == other.major()).isPresent())
                    .next());
            assertEquals(State.UP, link.state());
            assertEquals(1, newer.openConnections().size());
            vm.stop();
            vm.stopped().block(Patience.PATIENCE);
        }
    }

    @Test
    @DisplayName("that dials in is supervised by its name, comes back after a lost session, and after a restart")
    void dialsIn() {
        QmpListener listener = await(client().listen());
        QemuLauncher web = QemuLauncher.system().withArgs("-name", "web").withDialIn(listener.address());
        KeyedListener machines = KeyedListener.of(listener, session -> session.execute("query-name")
                .map(r -> r.path("name").asString()));
        QmpSupervisor vm =
                machines.supervisor("web", SupervisorOptions.forMonitor().backoff(SHORTEST, LONGEST));
        supervisor = vm;
        vm.events().subscribe(events::add);
        vm.start();
        try (QemuProcess first = web.start()) {
            QmpSession session = session(vm);
            resumes(session);
            session.disconnect().block(Patience.PATIENCE);
            await(session(vm).executeAndAwait("stop", "STOP"));
            assertTrue(first.isAlive());
        }
        try (QemuProcess second = web.start()) {
            Patience.until(
                    () -> {
                        QmpSession session = session(vm);
                        return session.execute("query-status")
                                .map(status -> status.path("status").asString().equals("prelaunch"))
                                .onErrorReturn(false)
                                .block(Patience.PATIENCE);
                    },
                    () -> "The restarted machine has no session");
            resumes(session(vm));
            assertTrue(second.isAlive());
        }
        vm.stop();
        vm.stopped().block(Patience.PATIENCE);
        listener.close().block(Patience.PATIENCE);
        assertEquals("RESUME", names().get(0));
        assertTrue(names().containsAll(List.of("STOP", "gap")), () -> names().toString());
    }

    @Test
    @Qemu(binary = QemuBinary.GUEST_AGENT)
    @DisplayName("'s guest agent that is restarted: the next session is with the new one")
    void agent() {
        AtomicReference<QemuProcess> running = new AtomicReference<>();
        // Each agent of these tests has a socket of its own: the address is looked up for each attempt.
        QgaSupervisor agent = QgaSupervisor.of(
                "agent",
                Mono.defer(() ->
                        QgaClient.create().address(running.get().address()).connect()),
                SupervisorOptions.forAgent()
                        .backoff(SHORTEST, LONGEST)
                        .onConnect(session -> session.execute("guest-ping")));
        supervisor = agent;
        try (QemuProcess first = QemuLauncher.of(QemuBinary.GUEST_AGENT).start()) {
            running.set(first);
            agent.start();
            QgaSession session = await(agent.session());
            await(session.execute("guest-ping"));
            first.kill();
            await(session.onDisconnect().materialize());
        }
        try (QemuProcess second = QemuLauncher.of(QemuBinary.GUEST_AGENT).start()) {
            running.set(second);
            await(await(agent.session()).execute("guest-ping"));
            agent.stop();
            agent.stopped().block(Patience.PATIENCE);
            assertTrue(second.isAlive());
        }
    }
}
