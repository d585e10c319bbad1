package io.github.qmpreactive.test.qemu;

import java.io.IOException;

/** A program that starts QEMUs, tells of them, and ends without having closed them when its input ends. */
final class HoldsQemu {

    /** The last line that it prints. */
    static final String READY = "ready";

    private HoldsQemu() {}

    public static void main(String[] args) throws IOException {
        for (QemuBinary binary : QemuBinary.values()) {
            if (binary.isAvailable()) {
                QemuProcess process = QemuLauncher.of(binary).start();
                System.out.println(process.pid() + " " + process.folder());
            }
        }
        QemuProcess suspended = QemuLauncher.system().start();
        suspended.suspend();
        System.out.println(suspended.pid() + " " + suspended.folder());
        System.out.println(READY);
        if (System.in.read() < 0) {
            System.exit(0);
        }
    }
}
