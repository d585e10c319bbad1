package io.github.qmpreactive.test.profile;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.util.Optional;

/** The profile of the QEMU that tests run with. */
public final class ProfileOf {

    private ProfileOf() {}

    /** Leaves the test out where there is no profile of this version, since exact words cannot be compared then. */
    public static QemuProfile required(QemuBinary binary) {
        QemuVersion version = binary.version().orElseThrow();
        Optional<QemuProfile> profile = QemuProfile.find(version);
        assumeTrue(
                profile.isPresent(),
                () -> "exact words are compared with QEMU " + String.join(", ", QemuProfile.shipped())
                        + ", and this is " + version.major() + "." + version.minor());
        return profile.orElseThrow();
    }

    /** The profile of this version, or the nearest one: for what holds in every version. */
    public static QemuProfile nearest(QemuBinary binary) {
        QemuVersion version = binary.version().orElseThrow();
        return QemuProfile.find(version).orElseGet(() -> QemuProfile.nearest(version));
    }
}
