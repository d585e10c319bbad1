package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.test.internal.schema.HiddenTypes;
import io.github.qmpreactive.test.internal.schema.SchemaModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What comes with the kit, read when it is first asked for and kept. ShippedSchemasTest writes it anew. */
final class ShippedSchemas {

    static final String QEMU = "qemu-system-x86_64-7.2.json.gz";
    static final String STORAGE_DAEMON = "qemu-storage-daemon-7.2.json.gz";
    static final String HIDDEN_TYPES = "hidden-types-7.2.txt";

    private ShippedSchemas() {}

    private static final class Qemu {
        static final QmpSchema SCHEMA = read(QEMU);
    }

    private static final class StorageDaemon {
        static final QmpSchema SCHEMA = read(STORAGE_DAEMON);
    }

    private static final class Hidden {
        static final List<String> LINES =
                new String(bytes(HIDDEN_TYPES), StandardCharsets.UTF_8).lines().toList();
    }

    static QmpSchema qemu() {
        return Qemu.SCHEMA;
    }

    static QmpSchema storageDaemon() {
        return StorageDaemon.SCHEMA;
    }

    static HiddenTypes hiddenTypes(SchemaModel schema) {
        return HiddenTypes.of(schema, Hidden.LINES);
    }

    private static QmpSchema read(String resource) {
        return QmpSchema.of(SchemaFile.parse(bytes(resource)));
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = ShippedSchemas.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("The test kit's jar is incomplete", e);
        }
    }
}
