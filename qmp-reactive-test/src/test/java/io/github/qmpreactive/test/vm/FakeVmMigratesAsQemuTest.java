package io.github.qmpreactive.test.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same is done to a pair of each. Real QEMU decides. */
@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("Two FakeVms migrate as two QEMUs do")
class FakeVmMigratesAsQemuTest {

    private static final String EVENTS = capabilities("events");
    private static final String LISTEN = "migrate-incoming {'uri': 'unix:@/m'}";
    private static final String MIGRATE = "migrate {'uri': 'unix:@/m'}";
    private static final String CONTINUE = "migrate-continue {'state': 'pre-switchover'}";
    private static final String[] LOOK = {"query-migrate", "query-status"};

    /** What is done to a pair; the source may have a device that the destination lacks. */
    private record Scenario(String name, boolean fails, boolean running, Consumer<MigrationEnds> steps) {

        static Scenario of(String name, Consumer<MigrationEnds> steps) {
            return new Scenario(name, false, true, steps);
        }

        static Scenario failing(String name, Consumer<MigrationEnds> steps) {
            return new Scenario(name, true, true, steps);
        }

        List<String> atFake() {
            FakeVm machine = FakeVm.create().withMemory(32L << 20).withProfile(profile());
            FakeVm destination = fails
                    ? machine.withMigration(FakeMigration.fails("load of migration failed: Invalid argument"))
                    : machine;
            try (RunningFakeVm to = destination.withIncoming().start();
                    RunningFakeVm from = (running ? machine : machine.startsPaused()).start();
                    MigrationEnds ends = new MigrationEnds("/the/fake", from.address(), to.address())) {
                steps.accept(ends);
                return ends.told();
            }
        }

        List<String> atQemu(Path folder) {
            QemuLauncher machine =
                    QemuLauncher.system().withArgs("-machine", "pc", "-accel", "tcg", "-m", "32", "-usb");
            QemuLauncher source = fails ? machine.withArgs("-device", "virtio-rng-pci,addr=9") : machine;
            try (QemuProcess to =
                            machine.running().withArgs("-incoming", "defer").start();
                    QemuProcess from = (running ? source.running() : source).start();
                    MigrationEnds ends = new MigrationEnds(folder.toString(), from.address(), to.address())) {
                steps.accept(ends);
                return ends.told();
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static QemuProfile profile() {
        return QemuWords.required(QemuBinary.SYSTEM);
    }

    private static boolean isFrom10() {
        return profile().version().isAtLeast(10, 0);
    }

    private static String capabilities(String... names) {
        List<String> all = Stream.of(names)
                .map(name -> "{'capability': '" + name + "', 'state': true}")
                .toList();
        return "migrate-set-capabilities {'capabilities': " + all + "}";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    @DisplayName("events and replies of both ends")
    void same(Scenario scenario, @TempDir Path folder) {
        assertEquals(String.join("\n", scenario.atQemu(folder)), String.join("\n", scenario.atFake()));
    }

    static Stream<Scenario> all() {
        return Stream.of(
                Scenario.of("to its end", FakeVmMigratesAsQemuTest::whole),
                new Scenario("to its end, of a machine that does not run", false, false, ends -> ends.source(EVENTS)
                        .destination(EVENTS, LISTEN)
                        .source(MIGRATE)
                        .await("completed", "completed")
                        .awaitState("postmigrate")
                        .source("query-migrate")
                        .destination(LOOK)),
                Scenario.of("no capabilities", ends -> ends.destination(LISTEN, "query-migrate")
                        .source(MIGRATE)
                        .awaitState("postmigrate")
                        .awaitResume()
                        .source(LOOK)),
                Scenario.of("addresses", FakeVmMigratesAsQemuTest::addresses),
                Scenario.of("settings", FakeVmMigratesAsQemuTest::settings),
                Scenario.of("cancelled while the memory is sent", FakeVmMigratesAsQemuTest::active),
                Scenario.of("paused before the switch, and continued", ends -> paused(ends)
                        .source(CONTINUE)
                        .await("completed", "completed")
                        .awaitState("postmigrate")
                        .source(LOOK)
                        .destination(LOOK)),
                Scenario.of("paused before the switch, and cancelled", ends -> paused(ends)
                        .source("migrate_cancel")
                        .await("cancelled", "failed")
                        .awaitExit()
                        .awaitState("running")
                        .source("query-status", CONTINUE, MIGRATE.replace("/m", "/other"))
                        .await("failed", "failed")
                        .source(LOOK)),
                Scenario.failing("a destination that cannot load the guest, and a return path", ends -> ends.source(
                                capabilities("events", "return-path"))
                        .destination(EVENTS, LISTEN)
                        .source(MIGRATE)
                        .await("failed", "failed")
                        .awaitExit()
                        .awaitState("running")
                        .source(LOOK)),
                Scenario.of("paused before the switch, with a return path", ends -> gated(ends)
                        .source(CONTINUE)
                        .await("completed", "completed")
                        .awaitState("postmigrate")
                        .source(LOOK)
                        .destination(LOOK)),
                Scenario.failing(
                        "a destination that cannot load the guest after a pause before the switch", ends -> gated(ends)
                                .source(CONTINUE)
                                .await("failed", "failed")
                                .awaitExit()
                                .awaitState("running")
                                .source(LOOK)),
                Scenario.failing(
                        "a destination that cannot load the guest, and lives on", FakeVmMigratesAsQemuTest::livesOn));
    }

    private static void whole(MigrationEnds ends) {
        ends.source(LOOK)
                .source("migrate_cancel", CONTINUE, LISTEN, EVENTS)
                .destination(LOOK)
                .destination(EVENTS, LISTEN, "query-migrate", "stop", "cont", MIGRATE, LISTEN, "query-status")
                .source(MIGRATE)
                .await("completed", "completed")
                .awaitState("postmigrate")
                .source(LOOK)
                .source(MIGRATE, "migrate_cancel", CONTINUE)
                .destination(LOOK)
                .destination(LISTEN)
                .source("cont", "query-migrate");
    }

    private static void addresses(MigrationEnds ends) {
        ends.source(EVENTS, MIGRATE)
                .await("failed", "")
                .source(LOOK)
                .source(
                        "migrate {'uri': 'bogus:1'}",
                        "query-migrate",
                        "migrate {'uri': 'tcp:'}",
                        "query-migrate",
                        "migrate {'uri': 'unix:'}",
                        "migrate",
                        "migrate {'uri': 'unix:@/m', 'channels': [{'channel-type': 'main',"
                                + " 'addr': {'transport': 'socket', 'type': 'unix', 'path': '@/m'}}]}",
                        "migrate {'uri': 'unix:@/m', 'resume': true}",
                        "query-migrate",
                        "migrate {'uri': 'exec:cat > /dev/null'}")
                .awaitState("postmigrate")
                .source("query-migrate", "cont");
        if (isFrom10()) {
            ends.source("migrate {'uri': 'file:@/file'}")
                    .awaitCompleted(2)
                    .awaitState("postmigrate")
                    .source("query-migrate");
        } else {
            ends.source("migrate {'uri': 'file:@/file'}", "query-migrate");
        }
        ends.destination(EVENTS, "migrate-incoming {'uri': 'bogus:1'}", "query-migrate");
    }

    private static void settings(MigrationEnds ends) {
        ends.source(
                "query-migrate-capabilities",
                "query-migrate-parameters",
                "migrate-set-parameters {'downtime-limit': 2000001}",
                "migrate-set-parameters {'downtime-limit': 7, 'max-bandwidth': 5, 'tls-creds': 'x'}",
                "query-migrate-parameters",
                capabilities("events", "auto-converge", "nope"),
                capabilities("events", "auto-converge"),
                "query-migrate-capabilities",
                "migrate-start-postcopy");
    }

    private static void active(MigrationEnds ends) {
        ends.source(EVENTS, "migrate-set-parameters {'max-bandwidth': 10000, 'downtime-limit': 1}")
                .destination(EVENTS, LISTEN)
                .source(MIGRATE)
                .await("active", "active")
                .source(LOOK)
                .source(
                        MIGRATE,
                        EVENTS,
                        CONTINUE,
                        "migrate-start-postcopy",
                        "device_add {'driver': 'usb-tablet', 'id': 'tablet0'}",
                        "device_add {'driver': 'nope', 'id': 'tablet0'}",
                        "device_del {'id': 'tablet0'}",
                        "stop",
                        "cont",
                        "query-status")
                .destination(LOOK)
                .source("migrate_cancel")
                .await("cancelled", "failed")
                .awaitExit()
                .awaitState("running")
                .source(LOOK)
                .source("migrate_cancel", "device_add {'driver': 'usb-tablet', 'id': 'tablet0'}");
    }

    private static MigrationEnds paused(MigrationEnds ends) {
        return ends.source(capabilities("events", "pause-before-switchover"))
                .destination(EVENTS, LISTEN)
                .source(MIGRATE)
                .await("pre-switchover", "active")
                .source(LOOK)
                .source(
                        "cont",
                        "stop",
                        "migrate-continue {'state': 'device'}",
                        "device_add {'driver': 'usb-tablet', 'id': 'tablet0'}")
                .destination(LOOK);
    }

    /** As QmpMigration does it. */
    private static MigrationEnds gated(MigrationEnds ends) {
        return ends.source(capabilities("events", "return-path", "pause-before-switchover"))
                .destination(EVENTS, LISTEN)
                .source(MIGRATE)
                .await("pre-switchover", "active")
                .source(LOOK);
    }

    private static void livesOn(MigrationEnds ends) {
        ends.source(capabilities("events", "return-path"))
                .destination(EVENTS, LISTEN.replace("}", ", 'exit-on-error': false}"));
        if (isFrom10()) {
            ends.source(MIGRATE)
                    .await("failed", "failed")
                    .awaitState("running")
                    .source(LOOK)
                    .destination("query-status", "cont", LISTEN, "query-status");
        }
    }
}
