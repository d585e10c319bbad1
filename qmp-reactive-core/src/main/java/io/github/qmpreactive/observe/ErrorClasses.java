package io.github.qmpreactive.observe;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Bounds the classes of QEMU's errors that become tags: the server may send any text. */
final class ErrorClasses {

    static final String NONE = "none";
    static final String OTHER = "other";

    /** All that QEMU has had since 1.2, see qapi/error.json. */
    private static final Set<String> KNOWN = Set.of(
            "GenericError",
            "CommandNotFound",
            "DeviceEncrypted",
            "DeviceNotActive",
            "DeviceNotFound",
            "KVMMissingCap",
            "MigrationExpected");

    private ErrorClasses() {}

    static String of(@Nullable String errorClass) {
        if (errorClass == null) {
            return NONE;
        }
        return KNOWN.contains(errorClass) ? errorClass : OTHER;
    }
}
