package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a device's properties can refer to, and values for those that refer to nothing. */
final class Backends {

    private static final Map<String, String> LINKS =
            Map.of("can-bus", "p-can", "cryptodev-backend", "p-crypto", "ipmi-bmc", "p-bmc");

    /** The types of buses that the machine has only with these. */
    static final List<String> BUSES = List.of("SCSI", "virtio-serial-bus");

    private Backends() {}

    static QemuLauncher addTo(QemuLauncher qemu) {
        return qemu.withArgs("-blockdev", "null-co,node-name=p-disk,size=1048576")
                .withArgs("-chardev", "null,id=p-serial")
                .withArgs("-fsdev", "local,id=p-files,path=/,security_model=none")
                .withArgs("-audiodev", "none,id=p-audio")
                .withArgs("-object", "can-bus,id=p-can")
                .withArgs("-object", "cryptodev-backend-builtin,id=p-crypto")
                .withArgs("-object", "memory-backend-ram,id=p-memory,size=1M")
                .withArgs("-object", "memory-backend-ram,id=p-more,size=1M")
                .withArgs("-device", "ipmi-bmc-sim,id=p-bmc")
                .withArgs("-device", "virtio-scsi-pci,id=p-scsi,addr=1d")
                .withArgs("-device", "virtio-serial-pci,id=p-ports,addr=1e");
    }

    /** A value that a property takes; empty if there is none. */
    static Optional<Object> valueFor(String property, String type, String description) {
        if (type.startsWith("link<")) {
            String target = type.substring(5, type.length() - 1);
            return target.equals("memory-backend")
                    ? Optional.of(property.equals("memdev") ? "p-memory" : "p-more")
                    : Optional.ofNullable(LINKS.get(target));
        }
        return switch (type) {
            case "bool" -> Optional.of(true);
            case "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "int" -> Optional.of(3);
            case "str" -> Optional.of(text(property, description));
            default -> Optional.empty();
        };
    }

    /** Whether a value is that of a link. */
    static boolean isLink(@Nullable Object value) {
        return value != null && LINKS.containsValue(String.valueOf(value));
    }

    private static String text(String property, String description) {
        if (property.equals("drive") || description.contains("block device")) {
            return "p-disk";
        }
        if (property.equals("chardev") || description.contains("chardev")) {
            return "p-serial";
        }
        return switch (property) {
            case "fsdev" -> "p-files";
            case "audiodev" -> "p-audio";
            case "rootdir" -> "/";
            case "host" -> "0000:00:1f.7";
            case "wwpn" -> "naa.5001405a1b2c3d4e";
            default -> "p-text";
        };
    }
}
