package io.github.qmpreactive.schema;

import io.github.qmpreactive.test.schema.SchemaCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schemas of {@code qemu-system-x86_64}, as Debian builds it. */
final class KnownSchemas {

    static final List<String> VERSIONS = List.of("5.2", "7.2", "10.0", "11.1");

    private static final Map<String, JsonNode> REPLIES =
            VERSIONS.stream().collect(Collectors.toMap(version -> version, KnownSchemas::read));
    private static final Map<String, QmpSchema> SCHEMAS =
            VERSIONS.stream().collect(Collectors.toMap(version -> version, version -> QmpSchema.of(reply(version))));

    private KnownSchemas() {}

    static QmpSchema of(String version) {
        return Objects.requireNonNull(SCHEMAS.get(version), version);
    }

    /** What {@code query-qmp-schema} returned. */
    static JsonNode reply(String version) {
        return Objects.requireNonNull(REPLIES.get(version), version);
    }

    /** The kit has none of 5.2, whose enums have no members yet. */
    private static JsonNode read(String version) {
        if (!version.equals("5.2")) {
            return SchemaCheck.qemu(version).json();
        }
        try (InputStream in = KnownSchemas.class.getResourceAsStream("qemu-5.2.json.gz")) {
            return JsonMapper.shared().readTree(new GZIPInputStream(Objects.requireNonNull(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
