package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.message.QemuVersion;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Options of QEMU's command line whose spelling depends on the version. No spelling here makes its version print a warning.
 *
 * @param version the version that reads the command line
 */
public record VersionedOptions(QemuVersion version) {

    /**
     * Returns the socket option that makes QEMU connect again one second after a connection has failed or ended.
     *
     * @return {@code reconnect-ms=1000}; before 9.2 {@code reconnect=1}, which QEMU 11 no longer has
     */
    public String reconnect() {
        return version.isAtLeast(9, 2) ? "reconnect-ms=1000" : "reconnect=1";
    }

    /**
     * Returns the socket option that turns off Nagle's algorithm.
     *
     * @return {@code nodelay=on}; before 6.0 {@code nodelay}, which later versions deprecate
     */
    public String noDelay() {
        return version.isAtLeast(6, 0) ? "nodelay=on" : "nodelay";
    }

    /**
     * Returns the arguments that put a QMP monitor on a character device of {@code qemu-system}.
     *
     * @param options options of the monitor, for example {@code pretty=on}
     * @return {@code -object monitor-qmp,...}; before 11.1, which introduced that, {@code -mon ...,mode=control}
     */
    public List<String> monitor(String chardev, String... options) {
        Stream<String> first = version.isAtLeast(11, 1)
                ? Stream.of("monitor-qmp", "id=" + chardev, "chardev=" + chardev)
                : Stream.of("chardev=" + chardev, "mode=control");
        return List.of(
                version.isAtLeast(11, 1) ? "-object" : "-mon",
                Stream.concat(first, Stream.of(options)).collect(Collectors.joining(",")));
    }
}
