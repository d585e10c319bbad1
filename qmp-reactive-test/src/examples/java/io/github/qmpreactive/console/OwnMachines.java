package io.github.qmpreactive.console;

import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeMigration;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Machines for the occasion: {@code web}, which releases devices and can migrate to {@code spare}, and {@code db}, with something
 * on its display. Real QEMUs where there is one, else fakes.
 */
final class OwnMachines implements AutoCloseable {

    private static final long DISK = 64L << 20;

    /** Alike at both ends of a migration. */
    private static final String[] HARDWARE = {
        "-machine",
        "pc",
        "-accel",
        "tcg",
        "-m",
        "64",
        "-vga",
        "std",
        "-usb",
        "-blockdev",
        "null-co,node-name=disk0,size=" + DISK + ",read-zeroes=on",
        "-blockdev",
        "null-co,node-name=backup0,size=" + DISK + ",read-zeroes=on",
        "-blockdev",
        "null-co,node-name=small0,size=" + DISK / 2 + ",read-zeroes=on",
        "-device",
        "virtio-blk-pci,id=vda,drive=disk0",
        "-device",
        "virtio-rng-pci,id=rng0",
        "-device",
        "usb-tablet,id=tablet0"
    };

    private static final String NODES = """
            [{"node-name": "disk0", "drv": "null-co", "ro": false},
             {"node-name": "backup0", "drv": "null-co", "ro": false},
             {"node-name": "small0", "drv": "null-co", "ro": false}]
            """;

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<AutoCloseable> started = new ArrayList<>();

    static OwnMachines start() {
        return QemuBinary.SYSTEM.isAvailable() ? qemus() : fakes();
    }

    private static OwnMachines qemus() {
        OwnMachines machines = new OwnMachines();
        machines.startQemus();
        return machines;
    }

    static OwnMachines fakes() {
        OwnMachines machines = new OwnMachines();
        machines.startFakes();
        return machines;
    }

    private void startQemus() {
        String guest = guest().toString();
        add("web", "-name", "web", "-bios", guest);
        add("db", "-name", "db");
        add("spare", "-name", "spare", "-bios", guest, "-incoming", "defer");
    }

    private void add(String name, String... arguments) {
        String[] all =
                Stream.concat(Arrays.stream(HARDWARE), Arrays.stream(arguments)).toArray(String[]::new);
        QemuProcess qemu = QemuLauncher.system().withArgs(all).running().start();
        started.add(qemu);
        addresses.put(name, qemu.address());
    }

    private Path guest() {
        try {
            Path file = Files.createTempFile("console", ".rom");
            started.add(() -> Files.deleteIfExists(file));
            return TinyGuest.RELEASES_DEVICES.writeTo(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startFakes() {
        FakeVm vm = FakeVm.create()
                .withNode("disk0", DISK)
                .withNode("backup0", DISK)
                .withNode("small0", DISK / 2)
                .withDevice("rng0", "virtio-rng-pci")
                .withDevice("tablet0", "usb-tablet")
                .withJobs(FakeJob.takes(Duration.ofSeconds(10)))
                .withMigration(FakeMigration.takes(Duration.ofSeconds(5)))
                .withServer(server -> server.when("query-block")
                        .reply("[]")
                        .when("query-named-block-nodes")
                        .reply(NODES)
                        .when("add-fd")
                        .error("GenericError", "A fake has no display"));
        add("web", vm.start());
        add("db", vm.withGuest(FakeGuestBehavior.create().ignoresPowerdown()).start());
        add("spare", vm.withIncoming().start());
    }

    private void add(String name, RunningFakeVm vm) {
        started.add(vm);
        addresses.put(name, vm.address());
    }

    /** As {@code console.machines} has it. */
    String line() {
        List<String> machines = new ArrayList<>();
        addresses.forEach((name, address) -> machines.add(name + "=" + address));
        return String.join(",", machines);
    }

    /** Ends them; what fails to end does so with this process. */
    @Override
    public void close() {
        Collections.reverse(started);
        for (AutoCloseable each : started) {
            try {
                each.close();
            } catch (Exception e) {
                System.err.println("Not ended: " + e.getMessage());
            }
        }
    }
}
