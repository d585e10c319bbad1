package io.github.qmpreactive.test.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The same is done to both; what two clients hear must be the same. Real QEMU decides. */
@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("What a FakeVm does is what real QEMU does")
class FakeVmEqualsQemuTest {

    private static final String STATUS = "query-status";

    @BeforeAll
    static void requireProfile() {
        QemuWords.nearest(QemuBinary.SYSTEM);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"runStates", "shutdowns", "panics", "watchdogs", "answers"})
    @MethodSource("io.github.qmpreactive.test.vm.DeviceScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.JobScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.ChainScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.TogetherScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.DriveScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.DumpScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.SlotScenarios#all")
    @MethodSource("io.github.qmpreactive.test.vm.HumanScenarios#all")
    @DisplayName("replies, events and their order, and the end, on two monitors")
    void same(VmScenario scenario, @TempDir Path folder) {
        QemuWords.requireIf(scenario.isOfVersion(), QemuBinary.SYSTEM);
        assertEquals(QemuWords.ofTranscript(scenario.atQemu(folder)), QemuWords.ofTranscript(scenario.atFake()));
    }

    @Test
    @DisplayName("query-commands lists the commands that the fake knows, all of which QEMU has")
    void commands(QmpSession real) {
        try (RunningFakeVm vm = VmScenario.machine().start()) {
            List<String> known = commandNames(vm.client()
                    .withSession(session -> session.execute("query-commands"))
                    .single());
            assertTrue(known.size() > 15, known::toString);
            List<String> unknown = new ArrayList<>(known);
            unknown.removeAll(commandNames(real.execute("query-commands")));
            assertEquals(List.of(), unknown);
        }
    }

    private static List<String> commandNames(Mono<JsonNode> reply) {
        return Objects.requireNonNull(reply.block(Witness.PATIENCE))
                .valueStream()
                .map(command -> command.path("name").asString())
                .toList();
    }

    static Stream<VmScenario> runStates() {
        return Stream.of(
                VmScenario.of("stop and cont, each twice, and a reset in between")
                        .steps(d -> d.send(STATUS)
                                .send("cont")
                                .send("stop", "STOP")
                                .send("stop")
                                .send(STATUS)
                                .send("cont", "RESUME")
                                .send(STATUS)
                                .send("system_reset", "RESET")
                                .send(STATUS)
                                .send("stop", "STOP")
                                .send("system_reset", "RESET")
                                .send(STATUS)
                                .send("cont", "RESUME")
                                .quits()),
                VmScenario.of("-S").paused().steps(d -> d.send(STATUS)
                        .send("stop")
                        .send(STATUS)
                        .send("system_powerdown", "POWERDOWN")
                        .send("system_reset", "RESET")
                        .send("system_wakeup")
                        .send("cont", "RESUME")
                        .send(STATUS)),
                VmScenario.of("-S and the power button: a guest that has not begun takes no notice")
                        .paused()
                        .guest(TinyGuest.POWERS_OFF, FakeGuestBehavior.create())
                        .steps(d -> d.send("system_powerdown", "POWERDOWN")
                                .send("cont", "RESUME")
                                .send(STATUS)
                                .send("system_powerdown", "POWERDOWN", "SHUTDOWN")
                                .ends()),
                VmScenario.of("a guest that reboots").guest(TinyGuest.REBOOTS).steps(d -> d.guest(
                                FakeGuest::reboots, "RESET")
                        .send(STATUS)
                        .guest(FakeGuest::reboots, "RESET")),
                VmScenario.of("a guest that sleeps")
                        .ofVersion()
                        .guest(TinyGuest.SUSPENDS)
                        .steps(d -> d.guest(FakeGuest::suspends, "SUSPEND")
                                .send(STATUS)
                                .send("stop", sleepersStop("STOP"))
                                .send(STATUS)
                                .send("stop")
                                .send(STATUS)
                                .send("cont", sleepersStop("RESUME"))
                                .send(STATUS)
                                .send("system_wakeup", "WAKEUP")
                                .send(STATUS)
                                .send("system_wakeup")
                                .guest(FakeGuest::suspends, "SUSPEND")
                                .send("system_reset", "RESET")
                                .send(STATUS)
                                .send("cont", "RESUME")
                                .send(STATUS)));
    }

    /** The event of a command to a machine whose guest sleeps: none before QEMU 9. */
    private static String[] sleepersStop(String event) {
        boolean stops = QemuWords.nearest(QemuBinary.SYSTEM).traits().stopsWhenSuspended();
        return stops ? new String[] {event} : new String[0];
    }

    static Stream<VmScenario> shutdowns() {
        return Stream.of(
                VmScenario.of("the power button, and a guest that takes no notice")
                        .steps(d -> d.send("system_powerdown", "POWERDOWN")
                                .send(STATUS)
                                .isTerminated()),
                VmScenario.of("the power button, and a guest that shuts down")
                        .guest(TinyGuest.POWERS_OFF, FakeGuestBehavior.create())
                        .steps(d -> d.send("system_powerdown", "POWERDOWN", "SHUTDOWN")
                                .ends()),
                VmScenario.of("the power button while stopped, and a guest that shuts down when it goes on")
                        .guest(TinyGuest.POWERS_OFF, FakeGuestBehavior.create())
                        .steps(d -> d.send("stop", "STOP")
                                .send("system_powerdown", "POWERDOWN")
                                .send(STATUS)
                                .send("cont", "RESUME", "SHUTDOWN")
                                .ends()),
                VmScenario.of("the power button while stopped, and a reset: it is forgotten")
                        .guest(TinyGuest.POWERS_OFF, FakeGuestBehavior.create())
                        .steps(d -> d.send("stop", "STOP")
                                .send("system_powerdown", "POWERDOWN")
                                .send("system_reset", "RESET")
                                .send("cont", "RESUME")
                                .send(STATUS)
                                .quits()),
                VmScenario.of("-no-shutdown")
                        .noShutdown()
                        .guest(TinyGuest.POWERS_OFF)
                        .steps(d -> d.guest(FakeGuest::shutsDown, "SHUTDOWN", "STOP")
                                .send(STATUS)
                                .send("cont")
                                .send("stop")
                                .send(STATUS)
                                .send("system_powerdown", "POWERDOWN")
                                .send("system_reset", "RESET")
                                .send(STATUS)
                                .send("cont", "RESUME")
                                .guest(FakeGuest::shutsDown, "SHUTDOWN", "STOP")
                                .quits()),
                VmScenario.of("-no-shutdown and SIGTERM").noShutdown().steps(Dialogue::isTerminated),
                VmScenario.of("-no-shutdown and SIGKILL")
                        .noShutdown()
                        .guest(TinyGuest.POWERS_OFF)
                        .steps(d -> d.guest(FakeGuest::shutsDown, "SHUTDOWN", "STOP")
                                .isKilled()),
                VmScenario.of("SIGKILL").steps(d -> d.send(STATUS).isKilled()),
                VmScenario.of("-no-reboot and system_reset").noReboot().steps(d -> d.send("system_reset", "SHUTDOWN")
                        .ends()),
                VmScenario.of("-no-reboot and a guest that reboots")
                        .noReboot()
                        .guest(TinyGuest.REBOOTS)
                        .steps(d -> d.guest(FakeGuest::reboots, "SHUTDOWN").ends()),
                VmScenario.of("-no-reboot -no-shutdown")
                        .paused()
                        .noReboot()
                        .noShutdown()
                        .steps(d -> d.send("system_reset", "SHUTDOWN")
                                .send(STATUS)
                                .send("cont", "RESUME")
                                .send("system_reset", "SHUTDOWN", "STOP")
                                .send(STATUS)
                                .send("cont")
                                .send("system_reset", "SHUTDOWN")
                                .send(STATUS)
                                .quits()));
    }

    static Stream<VmScenario> panics() {
        return Stream.concat(
                Stream.of("shutdown", "exit-failure")
                        .map(action -> panic(action).steps(d -> d.guest(FakeGuest::panics, "GUEST_PANICKED", "SHUTDOWN")
                                .ends())),
                Stream.of(
                        panic("none").steps(d -> d.guest(FakeGuest::panics, "GUEST_PANICKED")
                                .send(STATUS)),
                        panic("pause").steps(FakeVmEqualsQemuTest::panicThatPauses),
                        panic("shutdown").noShutdown().steps(FakeVmEqualsQemuTest::panicThatPauses),
                        panic("exit-failure").noShutdown().steps(d -> d.guest(
                                        FakeGuest::panics, "GUEST_PANICKED", "SHUTDOWN", "STOP")
                                .send(STATUS)),
                        VmScenario.of("set-action, and a guest that panics")
                                .guest(TinyGuest.PANICS, "-device", "pvpanic")
                                .steps(d -> d.send("set-action {'panic': 'pause'}")
                                        .guest(FakeGuest::panics, "GUEST_PANICKED", "STOP")
                                        .send(STATUS))));
    }

    private static VmScenario panic(String action) {
        return VmScenario.of("a guest that panics, panic=" + action)
                .with(vm -> vm.withAction("panic", action), "-action", "panic=" + action)
                .guest(TinyGuest.PANICS, "-device", "pvpanic");
    }

    private static void panicThatPauses(Dialogue dialogue) {
        dialogue.guest(FakeGuest::panics, "GUEST_PANICKED", "STOP")
                .send(STATUS)
                .send("stop")
                .send(STATUS)
                .send("cont", "RESUME")
                .send(STATUS)
                .guest(FakeGuest::panics, "GUEST_PANICKED", "STOP")
                .send("system_reset", "RESET")
                .send(STATUS);
    }

    static Stream<VmScenario> watchdogs() {
        return Stream.of(
                watchdog("reset").steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG", "RESET")
                        .send(STATUS)),
                watchdog("shutdown").steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG", "POWERDOWN")
                        .send(STATUS)),
                watchdog("poweroff")
                        .steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG").ends()),
                watchdog("pause").steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG", "STOP")
                        .send(STATUS)
                        .send("cont", "RESUME")
                        .send(STATUS)),
                watchdog("debug")
                        .steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG").send(STATUS)),
                watchdog("none")
                        .steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG").send(STATUS)),
                watchdog("inject-nmi")
                        .steps(d -> d.guest(FakeGuest::hangs, "WATCHDOG").send(STATUS)));
    }

    private static VmScenario watchdog(String action) {
        return VmScenario.of("a guest that hangs, watchdog=" + action)
                .with(vm -> vm.withAction("watchdog", action), "-action", "watchdog=" + action)
                .guest(TinyGuest.HANGS, "-device", "ib700");
    }

    static Stream<VmScenario> answers() {
        String uuid = "12345678-1234-1234-1234-123456789abc";
        return Stream.of(
                VmScenario.of("what it is")
                        .ofVersion()
                        .with(vm -> vm.withName("vm1"), "-name", "vm1")
                        .with(vm -> vm.withUuid(UUID.fromString(uuid)), "-uuid", uuid)
                        .with(vm -> vm.withCpus(3), "-smp", "3")
                        .steps(FakeVmEqualsQemuTest::queries),
                VmScenario.of("what it is by default").ofVersion().steps(FakeVmEqualsQemuTest::queries),
                VmScenario.of("arguments that are wrong").steps(d -> Stream.of(
                                "stop {'x': 1}",
                                "cont {'x': 1}",
                                "quit_ {'x': 1}",
                                "query-status {'foo': 1}",
                                "query-name {'a': 2}",
                                "system_reset {'x': null}",
                                "system_powerdown {'x': []}",
                                "system_wakeup {'x': {}}",
                                "set-action {'panic': 'foo'}",
                                "set-action {'panic': 5}",
                                "set-action {'panik': 'pause'}",
                                "set-action {'watchdog': 'x', 'panic': 'x', 'reboot': 'x', 'y': 1}",
                                "set-action",
                                "set-action {'reboot': 'shutdown', 'shutdown': 'pause', 'watchdog': 'none'}",
                                "inject-nmi",
                                "inject-nmi {'x': 1}",
                                "query-cpus-fast {'x': 1}",
                                "query-commands {'x': 1}")
                        .forEach(d::send)));
    }

    private static void queries(Dialogue dialogue) {
        Stream.of(
                        "query-name",
                        "query-uuid",
                        "query-cpus-fast",
                        "query-memory-size-summary",
                        "query-kvm",
                        "query-target",
                        "query-current-machine",
                        "query-version")
                .forEach(dialogue::send);
    }
}
