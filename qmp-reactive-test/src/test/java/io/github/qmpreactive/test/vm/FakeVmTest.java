package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("FakeVm by itself")
class FakeVmTest {

    private static final FakeVm VM = FakeVm.create();

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    @AfterEach
    void realTime() {
        VirtualTimeScheduler.reset();
    }

    private QmpSession connect(RunningFakeVm vm) {
        QmpSession session = Objects.requireNonNull(vm.client().connect().block(PATIENCE));
        session.events().map(QmpEvent::name).subscribe(heard::add, e -> {});
        return session;
    }

    private static JsonNode execute(QmpSession session, String command, Object arguments) {
        return Objects.requireNonNull(session.execute(command, arguments).block(PATIENCE));
    }

    private static JsonNode execute(QmpSession session, String command) {
        return execute(session, command, Map.of());
    }

    private static String refusal(Mono<?> command) {
        return assertThrows(ExecuteError.class, () -> command.block(PATIENCE)).description();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Each state that the machine can have is a RunState with the same name in QMP")
    void states(MachineState state) {
        assertEquals(state.qmpName(), RunState.of(state).qmpName());
    }

    @Test
    @DisplayName("A delay of the guest's runs by the virtual clock of the test")
    void powerdownLater() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm = VM.withGuest(FakeGuestBehavior.create().answersPowerdown(Duration.ofMinutes(3)))
                .start()) {
            QmpSession session = connect(vm);
            execute(session, "system_powerdown");
            clock.advanceTimeBy(Duration.ofSeconds(179));
            assertTrue(vm.isAlive());
            clock.advanceTimeBy(Duration.ofSeconds(1));
            assertFalse(vm.isAlive());
            session.onDisconnect().block(PATIENCE);
            assertEquals(List.of("POWERDOWN", "SHUTDOWN"), List.copyOf(heard));
        }
    }

    @Test
    @DisplayName("A guest whose delay ends while it is stopped shuts down when it goes on")
    void powerdownWhileStopped() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm = VM.withGuest(FakeGuestBehavior.create().answersPowerdown(Duration.ofSeconds(5)))
                .start()) {
            QmpSession session = connect(vm);
            execute(session, "system_powerdown");
            execute(session, "stop");
            clock.advanceTimeBy(Duration.ofHours(1));
            assertEquals(RunState.PAUSED, vm.runState());
            execute(session, "cont");
            session.onDisconnect().block(PATIENCE);
            assertEquals(List.of("POWERDOWN", "STOP", "RESUME", "SHUTDOWN"), List.copyOf(heard));
        }
    }

    @Test
    @DisplayName("A PCI device is gone when the guest lets go of it, after its delay; until then it is there")
    void releaseLater() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        FakeVm slow = VM.withDevice("net0", "e1000")
                .withGuest(FakeGuestBehavior.create().releasesDevices(Duration.ofSeconds(2)));
        try (RunningFakeVm vm = slow.start()) {
            QmpSession session = connect(vm);
            execute(session, "device_del", Map.of("id", "net0"));
            assertEquals(Map.of("net0", "e1000"), vm.devices());
            StepVerifier.create(session.events("DEVICE_DELETED")
                            .map(e -> e.data().path("device").asString())
                            .take(1))
                    .then(() -> clock.advanceTimeBy(Duration.ofSeconds(2)))
                    .expectNext("net0")
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(Map.of(), vm.devices());
        }
    }

    @Test
    @DisplayName("A guest that keeps a device can be asked again at any time; the test may have it let go")
    void keepsDevices() {
        try (RunningFakeVm vm = VM.withDevice("net0", "e1000")
                .withGuest(FakeGuestBehavior.create().keepsDevices())
                .start()) {
            QmpSession session = connect(vm);
            Map<String, String> net = Map.of("id", "net0");
            execute(session, "device_del", net);
            execute(session, "device_del", net);
            assertEquals(Map.of("net0", "e1000"), vm.devices());
            StepVerifier.create(session.events("DEVICE_DELETED").take(1))
                    .then(() -> vm.guest().releases("net0"))
                    .expectNextCount(1)
                    .verifyComplete();
            assertEquals("Device 'net0' not found", refusal(session.execute("device_del", net)));
        }
    }

    @Test
    @DisplayName("A guest does nothing while its machine is stopped or gone, and lets go of nothing unasked")
    void guestWhileStopped() {
        try (RunningFakeVm vm = VM.startsPaused().withDevice("net0", "e1000").start()) {
            QmpSession session = connect(vm);
            assertTrue(assertThrows(IllegalStateException.class, vm.guest()::panics)
                    .getMessage()
                    .contains("prelaunch"));
            execute(session, "cont");
            assertThrows(IllegalArgumentException.class, () -> vm.guest().releases("net0"));
            assertThrows(IllegalArgumentException.class, () -> vm.guest().releases("nope"));
            session.quit().block(PATIENCE);
            assertTrue(assertThrows(IllegalStateException.class, vm.guest()::reboots)
                    .getMessage()
                    .contains("gone"));
        }
    }

    @Test
    @DisplayName("Commands behind quit are not answered")
    void behindQuit() {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm);
            var quit = session.quit().thenReturn("gone").toFuture();
            StepVerifier.create(session.execute("query-status")).expectError().verify(PATIENCE);
            assertEquals("gone", Mono.fromFuture(quit).block(PATIENCE));
            session.onDisconnect().block(PATIENCE);
        }
    }

    @Test
    @DisplayName("Killed: the sessions are lost, the socket is left behind, and no program listens on it")
    void killed() {
        try (RunningFakeVm vm = VM.withMonitors(2).start()) {
            QmpSession first = connect(vm);
            QmpSession second = Objects.requireNonNull(vm.client(1).connect().block(PATIENCE));
            vm.kill();
            vm.kill();
            for (QmpSession session : List.of(first, second)) {
                StepVerifier.create(session.onDisconnect())
                        .expectError(ConnectionLostError.class)
                        .verify(PATIENCE);
            }
            assertEquals(ConnectError.Reason.REFUSED, failure(vm));
            assertFalse(vm.isAlive());
        }
    }

    @Test
    @DisplayName("Ended by itself: the socket is gone")
    void ended() {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm);
            vm.guest().shutsDown();
            session.onDisconnect().block(PATIENCE);
            assertEquals(ConnectError.Reason.NOT_FOUND, failure(vm));
            assertEquals("gone", vm.toString().replaceAll(".*, ", ""));
        }
    }

    @Test
    @DisplayName("Events go to the other monitors when the test has closed one of them")
    void oneMonitorClosed() {
        try (RunningFakeVm vm = VM.withMonitors(2).start()) {
            QmpSession session = connect(vm);
            vm.server(1).close();
            execute(session, "stop");
            vm.emit("RTC_CHANGE", "{\"offset\": 1}");
            execute(session, "cont");
            assertEquals(List.of("STOP", "RTC_CHANGE", "RESUME"), List.copyOf(heard));
        }
    }

    @Test
    @DisplayName("An event of the test's own is refused when the machine is closed, not when it has ended")
    void emitWhenClosed() {
        RunningFakeVm vm = VM.start();
        vm.kill();
        vm.emit("RTC_CHANGE", "{\"offset\": 1}");
        vm.close();
        String message = assertThrows(IllegalStateException.class, () -> vm.emit("RTC_CHANGE", "{\"offset\": 1}"))
                .getMessage();
        assertTrue(String.valueOf(message).contains("emit RTC_CHANGE has no effect"), message);
    }

    private static ConnectError.Reason failure(RunningFakeVm vm) {
        return assertThrows(ConnectError.class, () -> vm.client().connect().block(PATIENCE))
                .reason();
    }

    @Test
    @DisplayName("One set-up starts any number of machines, each with a memory of its own, over TCP too")
    void independent() {
        try (RunningFakeVm one = VM.start();
                RunningFakeVm other = VM.startTcp()) {
            execute(connect(one), "stop");
            assertEquals(RunState.PAUSED, one.runState());
            assertEquals(RunState.RUNNING, other.runState());
            assertEquals(
                    "running",
                    execute(connect(other), "query-status").path("status").asString());
            assertTrue(other.address().startsWith("tcp:127.0.0.1:"));
            assertEquals(1, one.server().received("stop").size());
        }
    }

    @Test
    @DisplayName("query-version agrees with the greeting")
    void version() {
        QemuVersion version = new QemuVersion(9, 1, 2, "test");
        try (RunningFakeVm vm = VM.withProfile(QemuProfile.nearest(version)).start()) {
            QmpSession session = connect(vm);
            assertEquals(version, session.greeting().orElseThrow().version());
            JsonNode told = execute(session, "query-version");
            assertEquals("test", told.path("package").asString());
            assertEquals(9, told.path("qemu").path("major").asInt());
            assertEquals(1, told.path("qemu").path("minor").asInt());
            assertEquals(2, told.path("qemu").path("micro").asInt());
        }
    }

    @Test
    @DisplayName("query-commands tells what it knows; the server can be taught more, and other answers")
    void server() {
        FakeVm taught = VM.withServer(server ->
                        server.when("query-block").reply("[]").when("query-kvm").reply("1"))
                .withServer(server -> server.when("query-kvm").reply("2"));
        try (RunningFakeVm vm = taught.start()) {
            QmpSession session = connect(vm);
            assertEquals(0, execute(session, "query-block").size());
            assertEquals(2, execute(session, "query-kvm").asInt());
            List<String> names = execute(session, "query-commands")
                    .valueStream()
                    .map(command -> command.path("name").asString())
                    .toList();
            assertTrue(names.containsAll(List.of("stop", "device_del", "query-status", "qmp_capabilities")));
            for (String name : names) {
                if (!List.of("query-kvm", "qmp_capabilities").contains(name)) {
                    QmpCommand misspelt = QmpCommand.of(name).arguments(Map.of("no-such-argument", 1));
                    assertFalse(refusal(session.execute(misspelt)).contains("has not been found"));
                }
            }
        }
    }

    @Test
    @DisplayName("An answer that is chosen when the command comes; an event it emits goes first; a failure is told, to"
            + " the client and by close()")
    void chosenAnswer() {
        FakeVm taught = VM.withServer(server -> server.when("eject").answer(command -> {
            if (command.arguments().isEmpty()) {
                throw new IllegalStateException("no device");
            }
            return Answer.error("GenericError", "Device is locked").eventBefore("DEVICE_TRAY_MOVED");
        }));
        RunningFakeVm vm = taught.start();
        QmpSession session = connect(vm);
        assertEquals("Device is locked", refusal(session.execute("eject", Map.of("id", "cd0"))));
        assertEquals(List.of("DEVICE_TRAY_MOVED"), List.copyOf(heard));
        assertTrue(refusal(session.execute("eject")).contains("no device"));
        assertEquals("running", execute(session, "query-status").path("status").asString());
        AssertionError told = assertThrows(AssertionError.class, vm::close);
        assertTrue(String.valueOf(told.getMessage()).contains("no device"), told::getMessage);
    }

    @Test
    @DisplayName("A driver goes by QEMU's own name for it, and is refused without a property that it cannot do without")
    void drivers() {
        try (RunningFakeVm vm = VM.withDevice("net0", "virtio-net")
                .withBackend("blockdev", "any")
                .start()) {
            QmpSession session = connect(vm);
            Map<String, String> disk = Map.of("driver", "virtio-blk", "id", "disk0");
            assertEquals("drive property not set", refusal(session.execute("device_add", disk)));
            execute(session, "device_add", Map.of("driver", "virtio-blk", "id", "disk0", "drive", "any"));
            assertEquals(Map.of("net0", "virtio-net-pci", "disk0", "virtio-blk-pci"), vm.devices());
            assertEquals("Duplicate device ID 'disk0'", refusal(session.execute("device_add", disk)));
            assertEquals("Device '' not found", refusal(session.execute("device_del", Map.of("id", ""))));
        }
    }

    @Test
    @DisplayName("What it does not model it says so, and what to do")
    void limits() {
        try (RunningFakeVm vm = VM.start()) {
            QmpSession session = connect(vm);
            assertTrue(refusal(session.execute("qom-list", Map.of("path", "/machine")))
                    .contains("stub qom-list for /machine"));
            assertTrue(refusal(session.execute("device_add", Map.of("driver", "nvdimm", "id", "dimm0")))
                    .contains("stub device_add for nvdimm"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"usb-tablett", "", "USB-TABLET"})
    @DisplayName("A driver that QEMU has not got is refused before the start")
    void unknownDriver(String driver) {
        var error = assertThrows(IllegalArgumentException.class, () -> VM.withDevice("a", driver));
        assertTrue(error.getMessage().contains("has no driver '" + driver + "': see qemu-system-x86_64 -device help"));
    }

    @Test
    @DisplayName("Other bad set-ups are refused at once, and told why")
    void badSetup() {
        assertRefused("id", () -> VM.withDevice("1a", "e1000"));
        assertRefused("already", () -> VM.withDevice("a", "e1000").withDevice("a", "e1000"));
        assertRefused("1 to 255", () -> VM.withCpus(0));
        assertRefused("1 to 255", () -> VM.withCpus(256));
        assertRefused("1 to 100", () -> VM.withMonitors(0));
        assertRefused("multiple of 8192", () -> VM.withMemory(0));
        assertRefused("multiple of 8192", () -> VM.withMemory(8193));
        assertRefused("[reboot, shutdown, panic, watchdog]", () -> VM.withAction("crash", "pause"));
        assertRefused("exit-failure", () -> VM.withAction("panic", "reset"));
        assertRefused(
                "negative", () -> VM.withGuest(FakeGuestBehavior.create().answersPowerdown(Duration.ofSeconds(-1))));
        assertRefused(
                "negative", () -> VM.withGuest(FakeGuestBehavior.create().releasesDevices(Duration.ofSeconds(-1))));
        try (RunningFakeVm vm = VM.withMonitors(2).start()) {
            assertRefused("no monitor 2", () -> vm.client(2));
        }
    }

    private static void assertRefused(String part, Runnable setup) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, setup::run).getMessage());
        assertTrue(message.contains(part), message);
    }
}
