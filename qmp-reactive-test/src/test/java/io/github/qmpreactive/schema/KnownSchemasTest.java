package io.github.qmpreactive.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("The schemas of QEMU 5.2, 7.2, 10.0 and 11.1")
class KnownSchemasTest {

    private static final List<String> VERSIONS = KnownSchemas.VERSIONS;

    /** All types of a schema, found from its commands and events. */
    private static Set<SchemaType> types(QmpSchema schema) {
        Set<SchemaType> found = new HashSet<>();
        Deque<SchemaType> left = new ArrayDeque<>();
        commands(schema).forEach(command -> left.addAll(List.of(command.arguments(), command.result())));
        events(schema).forEach(event -> left.add(event.data()));
        while (!left.isEmpty()) {
            SchemaType type = left.removeFirst();
            if (!found.add(type)) {
                continue;
            }
            if (type instanceof ObjectType object) {
                object.members().values().forEach(member -> left.add(member.type()));
                left.addAll(object.variants().values());
            } else if (type instanceof ArrayType array) {
                left.add(array.element());
            } else if (type instanceof AlternateType alternate) {
                left.addAll(alternate.branches());
            }
        }
        return found;
    }

    private static Stream<SchemaCommand> commands(QmpSchema schema) {
        return schema.commands().stream().map(name -> schema.command(name).orElseThrow());
    }

    private static Stream<SchemaEvent> events(QmpSchema schema) {
        return schema.events().stream().map(name -> schema.event(name).orElseThrow());
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    @DisplayName("have of libvirt's paths what was measured")
    void paths(String version) {
        assertEquals(LibvirtPaths.in(version), LibvirtPaths.in(KnownSchemas.of(version)));
    }

    @ParameterizedTest
    @CsvSource({
        // Up to six types of a schema are used by no command and no event.
        // Up to six types of a schema are used by no command and no event.
        "5.2, 449, 192, 110, 74, 48, 5, 6, 1",
        "7.2, 552, 216, 131, 86, 52, 6, 6, 2",
        "10.0, 624, 233, 151, 96, 55, 6, 6, 6",
        "11.1, 652, 242, 156, 105, 57, 7, 6, 5"
    })
    @DisplayName("have so many commands, events, objects, enums, arrays, alternates and builtin types")
    void counts(
            String version,
            long objects,
            int commands,
            long enums,
            long arrays,
            int events,
            long alternates,
            long builtins,
            long unused) {
        QmpSchema schema = KnownSchemas.of(version);
        assertEquals(commands, schema.commands().size());
        assertEquals(events, schema.events().size());
        TreeMap<String, Long> counts = types(schema).stream()
                .collect(Collectors.groupingBy(
                        type -> type.getClass().getSimpleName(), TreeMap::new, Collectors.counting()));
        assertEquals(
                "{AlternateType=%d, ArrayType=%d, BuiltinType=%d, EnumType=%d, ObjectType=%d}"
                        .formatted(alternates, arrays, builtins, enums, objects),
                counts.toString());
        assertEquals(
                KnownSchemas.reply(version).size(),
                commands + events + objects + enums + arrays + alternates + builtins + unused);
    }

    @ParameterizedTest
    @CsvSource({
        "5.2, deprecated, 9, 11",
        "7.2, deprecated, 4, 18",
        "10.0, deprecated, 4, 17",
        "11.1, deprecated, 9, 13",
        "5.2, unstable, 0, 0",
        "7.2, unstable, 21, 30",
        "10.0, unstable, 23, 34",
        "11.1, unstable, 28, 37"
    })
    @DisplayName("have so many deprecated and unstable commands and events, and so many such members and values")
    void features(String version, String feature, long entries, long parts) {
        QmpSchema schema = KnownSchemas.of(version);
        assertEquals(
                entries,
                Stream.concat(
                                commands(schema).map(SchemaCommand::features),
                                events(schema).map(SchemaEvent::features))
                        .filter(features -> features.contains(feature))
                        .count());
        Function<SchemaType, Stream<Set<String>>> inside = type -> type instanceof ObjectType object
                ? object.members().values().stream().map(SchemaMember::features)
                : type instanceof EnumType values ? values.values().stream().map(values::features) : Stream.empty();
        assertEquals(
                parts,
                types(schema).stream()
                        .flatMap(inside)
                        .filter(features -> features.contains(feature))
                        .count());
    }

    @ParameterizedTest
    @CsvSource({
        "5.2, migrate-pause migrate-recover",
        "7.2, migrate-pause migrate-recover query-yank yank",
        "10.0, migrate-pause migrate-recover query-yank yank",
        "11.1, migrate-pause migrate-recover query-yank yank"
    })
    @DisplayName("have few commands that may be executed out of band")
    void oob(String version, String commands) {
        assertEquals(
                commands,
                commands(KnownSchemas.of(version))
                        .filter(SchemaCommand::allowsOob)
                        .map(SchemaCommand::name)
                        .sorted()
                        .collect(Collectors.joining(" ")));
    }

    /** Added and removed commands and events of a step from one version to the next. */
    private static Set<String> names(List<String> paths) {
        return paths.stream().filter(path -> !path.contains("/")).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(String text) {
        return new TreeSet<>(Arrays.asList(text.strip().split("\\s+")));
    }

    @Test
    @DisplayName("differ from 7.2 to 10.0 by 19 new commands and 5 new events, and lack 2 of each")
    void from72() {
        SchemaDifference difference = KnownSchemas.of("7.2").differenceTo(KnownSchemas.of("10.0"));
        assertEquals(
                names("x-query-profile x-query-rdma MEM_UNPLUG_ERROR RDMA_GID_STATUS_CHANGED"),
                names(difference.removed()));
        Set<String> added = names(difference.added());
        assertEquals(
                names("""
                        GUEST_PVSHUTDOWN HV_BALLOON_STATUS_REPORT NETDEV_VHOST_USER_CONNECTED NETDEV_VHOST_USER_DISCONNECTED
                        VFIO_MIGRATION
                        """),
                added.stream()
                        .filter(KnownSchemas.of("10.0").events()::contains)
                        .collect(Collectors.toSet()));
        assertEquals(19 + 5, added.size());
    }

    @Test
    @DisplayName("differ from 10.0 to 11.1 by 11 new commands and 2 new events, and lack 2 commands")
    void from100() {
        SchemaDifference difference = KnownSchemas.of("10.0").differenceTo(KnownSchemas.of("11.1"));
        assertEquals(names("query-migrationthreads x-query-opcount"), names(difference.removed()));
        assertEquals(names("""
                        dump-skeys inject-ghes-v2-error qom-list-get query-accelerators query-cpu-model-baseline
                        query-cpu-model-comparison query-firmware-log query-gic-capabilities query-s390x-cpu-polarization
                        set-cpu-topology x-accel-stats CPU_POLARIZATION_CHANGE SCLP_CPI_INFO_AVAILABLE
                        """), names(difference.added()));
        assertEquals(List.of("block-export-add/arg-type/iothread may be a list"), difference.changed());
    }

    @ParameterizedTest
    @CsvSource({"5.2, 7.2", "7.2, 10.0", "10.0, 11.1", "5.2, 11.1", "11.1, 5.2"})
    @DisplayName("differ by paths that one of them supports, and the other does not")
    void differences(String from, String to) {
        QmpSchema older = KnownSchemas.of(from);
        QmpSchema newer = KnownSchemas.of(to);
        SchemaDifference difference = older.differenceTo(newer);
        difference.added().forEach(path -> assertTrue(newer.supports(path) && !older.supports(path), path));
        difference.removed().forEach(path -> assertTrue(older.supports(path) && !newer.supports(path), path));
        assertTrue(difference.added().size() > 100 && difference.removed().size() > 20, difference::toString);
        assertEquals(newer.differenceTo(older).removed(), difference.added());
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    @DisplayName("do not differ from themselves")
    void same(String version) {
        SchemaDifference difference = KnownSchemas.of(version).differenceTo(QmpSchema.of(KnownSchemas.reply(version)));
        assertTrue(difference.isEmpty(), difference::toString);
    }
}
