package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.internal.process.VersionedOptions;

/** The options of the command line, as the QEMU of this test run spells them. */
public final class QemuOptions {

    private QemuOptions() {}

    /** Those of {@code qemu-system}; blocks when it has to be asked for its version. */
    public static VersionedOptions here() {
        return new VersionedOptions(QemuBinary.SYSTEM.version().orElseThrow());
    }

    /** A QMP monitor on a character device, for {@link QemuLauncher#withArgs(String...)}. */
    public static String[] monitor(String chardev) {
        return here().monitor(chardev).toArray(String[]::new);
    }

    /** As {@link #monitor}, but its output is spread over several lines. */
    public static String[] prettyMonitor(String chardev) {
        String[] monitor = monitor(chardev);
        monitor[1] += ",pretty=on";
        return monitor;
    }
}
