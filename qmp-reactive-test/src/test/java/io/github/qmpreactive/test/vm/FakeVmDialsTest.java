package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("A FakeVm that dials")
class FakeVmDialsTest {

    private static final FakeVm VM = FakeVm.create();
    private static final FakeVm PATIENT = VM.withServer(server -> server.withReconnect(Duration.ofMillis(5)));

    @TempDir
    Path folder;

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    private QmpClient unix() {
        return QmpClient.create().unixSocket(folder.resolve("qmp"));
    }

    private QmpListener listen() {
        return await(unix().listen());
    }

    private static void close(QmpListener listener) {
        listener.close().block(PATIENCE);
    }

    @ParameterizedTest(name = "over TCP: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("is a session of a listener, with its states and events, until its guest shuts down")
    void listener(boolean tcp) {
        QmpListener listener = await((tcp ? QmpClient.create().tcp("127.0.0.1", 0) : unix()).listen());
        try (RunningFakeVm vm = VM.startDialling(listener.address())) {
            assertEquals(listener.address(), vm.address());
            QmpSession session = await(listener.sessions().next());
            await(session.executeAndAwait("stop", "STOP"));
            assertEquals(RunState.PAUSED, vm.runState());
            await(session.execute("cont"));
            vm.guest().shutsDown();
            session.onDisconnect().block(PATIENCE);
            assertFalse(vm.isAlive());
        }
        close(listener);
    }

    @Test
    @DisplayName("is taken by accept(), for which it waits if it is to dial again")
    void accept() {
        try (RunningFakeVm vm = PATIENT.startDialling("unix:" + folder.resolve("qmp"))) {
            QmpSession session = await(unix().accept());
            assertEquals(
                    "running",
                    await(session.execute("query-status")).path("status").asString());
            session.quit().block(PATIENCE);
            assertFalse(vm.isAlive());
        }
    }

    @Test
    @DisplayName("is the same machine when it is back after a hang-up, and is not back once it has ended")
    void reconnects() {
        QmpListener listener = listen();
        try (RunningFakeVm vm = PATIENT.startDialling(listener.address())) {
            QmpSession first = await(listener.sessions().next());
            await(first.execute("stop"));
            first.disconnect().block(PATIENCE);
            QmpSession second = await(listener.sessions().next());
            assertEquals(
                    "paused",
                    await(second.execute("query-status")).path("status").asString());
            vm.kill();
            StepVerifier.create(second.onDisconnect())
                    .expectError(ConnectionLostError.class)
                    .verify(PATIENCE);
            assertEquals(List.of(), vm.server().openConnections());
        }
        close(listener);
    }

    @Test
    @DisplayName("is as many sessions as it has monitors, with the events of each")
    void monitors() {
        QmpListener listener = listen();
        try (RunningFakeVm vm = VM.withMonitors(2).startDialling(listener.address())) {
            List<QmpSession> sessions = await(listener.sessions().take(2).collectList());
            Mono<QmpEvent> heard = sessions.get(1).events("STOP").next().cache();
            heard.subscribe();
            await(sessions.get(0).execute("stop"));
            assertEquals("STOP", await(heard).name());
            vm.terminate();
            sessions.forEach(session -> session.onDisconnect().block(PATIENCE));
        }
        close(listener);
    }

    @Test
    @DisplayName("is killed: the listener's socket is not its own, and stays")
    void killed() {
        QmpListener listener = listen();
        try (RunningFakeVm vm = VM.startDialling(listener.address())) {
            await(listener.sessions().next());
            vm.kill();
        }
        try (RunningFakeVm next = VM.startDialling(listener.address())) {
            assertEquals(
                    "running",
                    await(listener.sessions().next().flatMap(session -> session.execute("query-status")))
                            .path("status")
                            .asString());
            assertTrue(next.isAlive());
        }
        close(listener);
    }

    @Test
    @DisplayName("cannot be connected to, and does not start where no program listens")
    void misuse() {
        QmpListener listener = listen();
        try (RunningFakeVm vm = VM.startDialling(listener.address())) {
            assertThrows(IllegalStateException.class, vm::client);
            assertEquals("fake VM at " + listener.address() + ", running", vm.toString());
        }
        close(listener);
        RuntimeException failure = assertThrows(RuntimeException.class, () -> VM.startDialling(listener.address()));
        assertInstanceOf(IOException.class, failure.getCause());
        assertThrows(IllegalArgumentException.class, () -> VM.startDialling("nowhere:"));
    }

    @Test
    @Qemu
    @DisplayName("does what real QEMU does that dials")
    void equalsQemu() {
        QmpListener listener = listen();
        QemuLauncher launcher = QemuLauncher.system()
                .withArgs("-machine", "pc", "-accel", "tcg", "-m", "32")
                .withDialIn(listener.address());
        List<String> real;
        try (QemuProcess qemu = launcher.start()) {
            real = withoutSinglestep(conversation(listener));
            assertEquals(0, await(qemu.exitCode()));
        }
        try (RunningFakeVm vm = PATIENT.startsPaused().startDialling(listener.address())) {
            assertEquals(real, withoutSinglestep(conversation(listener)));
            assertFalse(vm.isAlive());
        }
        close(listener);
    }

    /** QEMU 10.0 no longer has this member of the reply to query-status. */
    private static List<String> withoutSinglestep(List<String> heard) {
        return heard.stream()
                .map(line -> line.replace("\"singlestep\":false,", ""))
                .toList();
    }

    private static List<String> conversation(QmpListener listener) {
        Witness first = new Witness(await(listener.sessions().next()));
        first.execute(QmpCommand.of("cont"));
        first.execute(QmpCommand.of("query-status"));
        List<String> heard = new ArrayList<>(first.finish(false));
        Witness second = new Witness(await(listener.sessions().next()));
        second.execute(QmpCommand.of("query-status"));
        second.execute(QmpCommand.of("stop"));
        second.execute(QmpCommand.of("quit"));
        heard.addAll(second.finish(true));
        return heard;
    }
}
