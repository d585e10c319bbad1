package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.message.QemuVersion;
import java.util.List;

/**
 * Options of QEMU's command line whose spelling depends on the version. No spelling here makes its version print a warning.
 *
 * @param version the version that reads the command line
 */
public record VersionedOptions(QemuVersion version) {

    /** The socket option that makes QEMU connect again one second after a connection has failed or ended. */
    public String reconnect() {
        return version.isAtLeast(9, 2) ? "reconnect-ms=1000" : "reconnect=1";
    }

    /** The socket option that turns off Nagle's algorithm. */
    public String noDelay() {
        return version.isAtLeast(6, 0) ? "nodelay=on" : "nodelay";
    }

    /** The arguments that put a QMP monitor on a character device of {@code qemu-system}. */
    public List<String> monitor(String chardev) {
        return version.isAtLeast(11, 1)
                ? List.of("-object", "monitor-qmp,id=" + chardev + ",chardev=" + chardev)
                : List.of("-mon", "chardev=" + chardev + ",mode=control");
    }
}
