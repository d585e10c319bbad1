package io.github.qmpreactive.test.internal.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.message.QemuVersion;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Options whose spelling depends on the version of QEMU")
class VersionedOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | 2 | reconnect=1 | nodelay | -mon chardev=m,mode=control",
                "6 | 0 | reconnect=1 | nodelay=on | -mon chardev=m,mode=control",
                "9 | 1 | reconnect=1 | nodelay=on | -mon chardev=m,mode=control",
                "9 | 2 | reconnect-ms=1000 | nodelay=on | -mon chardev=m,mode=control",
                "11 | 0 | reconnect-ms=1000 | nodelay=on | -mon chardev=m,mode=control",
                "11 | 1 | reconnect-ms=1000 | nodelay=on | -object monitor-qmp,id=m,chardev=m"
            })
    @DisplayName("are spelled as that version reads them without a warning")
    void spelling(int major, int minor, String reconnect, String noDelay, String monitor) {
        VersionedOptions options = new VersionedOptions(new QemuVersion(major, minor, 0, ""));
        assertEquals(reconnect, options.reconnect());
        assertEquals(noDelay, options.noDelay());
        assertEquals(monitor, String.join(" ", options.monitor("m")));
    }
}
