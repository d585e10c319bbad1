package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.test.internal.profile.ProfileFiles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas of the profiles that come with the kit, each read when it is first asked for and kept. */
final class ShippedSchemas {

    static final String NEWEST = ProfileFiles.SHIPPED.get(ProfileFiles.SHIPPED.size() - 1);

    private static final Map<String, QmpSchema> QEMU = new ConcurrentHashMap<>();
    private static final Map<String, QmpSchema> STORAGE_DAEMON = new ConcurrentHashMap<>();

    private ShippedSchemas() {}

    static QmpSchema qemu(String version) {
        return QEMU.computeIfAbsent(version, v -> read(v, ProfileFiles.SCHEMA));
    }

    static QmpSchema storageDaemon(String version) {
        return STORAGE_DAEMON.computeIfAbsent(version, v -> read(v, ProfileFiles.STORAGE_DAEMON_SCHEMA));
    }

    static List<String> hiddenTypes(String version) {
        return ProfileFiles.shipped(version).lines(ProfileFiles.HIDDEN_TYPES);
    }

    private static QmpSchema read(String version, String file) {
        if (!ProfileFiles.SHIPPED.contains(version)) {
            throw new IllegalArgumentException("There is no schema of QEMU " + version + " in the kit, only of "
                    + String.join(", ", ProfileFiles.SHIPPED)
                    + ": take one of these, or QmpSchema.of(what query-qmp-schema of your QEMU returns)");
        }
        return QmpSchema.parse(ProfileFiles.shipped(version).read(file), hiddenTypes(version));
    }
}
