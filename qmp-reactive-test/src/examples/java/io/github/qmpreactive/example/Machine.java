package io.github.qmpreactive.example;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;

/**
 * A machine for the occasion: a real QEMU where there is one, else the fake one.
 *
 * @param name what its version is of
 * @param description says which it is, and why
 * @param address where its monitor is
 * @param end ends it
 */
record Machine(String name, String description, String address, Runnable end) implements AutoCloseable {

    static Machine start() {
        return QemuBinary.SYSTEM.isAvailable() ? qemu() : fake();
    }

    private static Machine qemu() {
        QemuProcess qemu = QemuLauncher.system().running().start();
        return new Machine(
                "QEMU",
                "This is a real QEMU, started for the occasion: " + String.join(" ", qemu.command()),
                qemu.address(),
                qemu::close);
    }

    static Machine fake() {
        RunningFakeVm vm = FakeVm.create()
                .withProfile(QemuProfile.of(new QemuVersion(7, 2, 0, "")))
                .startTcp();
        return new Machine(
                "the built-in fake of QEMU",
                "This is the built-in fake. " + QemuBinary.SYSTEM.installHint(),
                vm.address(),
                vm::close);
    }

    @Override
    public void close() {
        end.run();
    }
}
