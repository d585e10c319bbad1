package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.profile.ProfileFiles;
import io.github.qmpreactive.test.internal.schema.SchemaReader;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;

/** Makes the files of a profile. */
public final class ProfileProbe {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ProfileProbe() {}

    /**
     * Asks a QEMU; blocks, for about a minute.
     *
     * @param qemu starts it
     * @return the content of the files by their names
     * @throws IllegalStateException if QEMU does not start, or answers in a way that is not known
     */
    public static Map<String, byte[]> run(QemuLauncher qemu) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        TreeSet<String> hidden = new TreeSet<>();
        QemuVersion version;
        try (ProbeMachine machine = new ProbeMachine(qemu)) {
            version = machine.session().greeting().orElseThrow().version();
            files.put(ProfileFiles.SCHEMA, schema(machine, hidden));
        }
        daemon(version, hidden).ifPresent(daemon -> files.put(ProfileFiles.STORAGE_DAEMON_SCHEMA, daemon));
        files.put(
                ProfileFiles.HIDDEN_TYPES,
                text(
                        List.of(
                                "# What introspection hides: the way from a command to a place, a colon, the name of the integer or",
                                "# alternate type there."),
                        hidden));
        files.put(ProfileFiles.DRIVERS, text(DriverProbe.COMMENT, DriverProbe.lines(qemu)));
        files.put(ProfileFiles.TRAITS, text(List.of(), TraitsProbe.lines(qemu)));
        return files;
    }

    private static Optional<byte[]> daemon(QemuVersion version, Set<String> hidden) {
        if (QemuBinary.STORAGE_DAEMON
                .version()
                .filter(v -> v.compareTo(version) == 0)
                .isEmpty()) {
            return Optional.empty();
        }
        try (ProbeMachine machine = new ProbeMachine(QemuLauncher.storageDaemon())) {
            return Optional.of(schema(machine, hidden));
        }
    }

    private static byte[] schema(ProbeMachine machine, Set<String> hidden) {
        JsonNode schema = machine.execute("query-qmp-schema", Map.of());
        hidden.addAll(Objects.requireNonNull(new HiddenTypesProbe(machine.session())
                .lines(SchemaReader.read(schema))
                .collectList()
                .block(PATIENCE)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(schema.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] text(List<String> comment, Collection<String> lines) {
        StringBuilder text = new StringBuilder();
        comment.forEach(line -> text.append(line).append('\n'));
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
