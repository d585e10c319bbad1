package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.test.internal.profile.ProfileFiles;
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
     * Asks a QEMU; blocks, for about two minutes.
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
        List<String> drivers = DriverProbe.lines(qemu);
        files.put(ProfileFiles.DRIVERS, text(DriverProbe.COMMENT, drivers));
        List<String> plugged = plugged(drivers);
        files.put(ProfileFiles.PROPERTIES, zipped(text(PropertyProbe.COMMENT, PropertyProbe.lines(qemu, plugged))));
        files.put(ProfileFiles.BUSES, text(BusProbe.COMMENT, BusProbe.lines(qemu, onBuses(drivers))));
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
        try (ProbeMachine machine = new ProbeMachine(QemuLauncher.of(QemuBinary.STORAGE_DAEMON))) {
            return Optional.of(schema(machine, hidden));
        }
    }

    private static byte[] schema(ProbeMachine machine, Set<String> hidden) {
        JsonNode schema = machine.execute("query-qmp-schema", Map.of());
        hidden.addAll(Objects.requireNonNull(new HiddenTypesProbe(machine.session())
                .lines(QmpSchema.of(schema))
                .collectList()
                .block(PATIENCE)));
        return zipped(schema.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The drivers whose devices can be added to a machine that has the bus for them. */
    private static List<String> plugged(List<String> drivers) {
        return drivers.stream()
                .map(line -> line.split("\t", -1))
                .filter(columns -> columns[1].equals("pci")
                        || columns[1].equals("usb")
                        || (columns.length > 2
                                && columns[2].startsWith("on ")
                                && Backends.BUSES.contains(columns[2].substring(3))))
                .map(columns -> columns[0])
                .toList();
    }

    /** For each type of bus, a driver whose devices go there. */
    private static Map<String, String> onBuses(List<String> drivers) {
        Map<String, String> byBus = new LinkedHashMap<>(Map.of("PCI", "pci-testdev", "usb-bus", "usb-mouse"));
        for (String line : drivers) {
            String[] columns = line.split("\t", -1);
            if (columns.length > 2 && columns[2].startsWith("on ") && columns[1].startsWith("Bus ")) {
                byBus.putIfAbsent(columns[2].substring(3), columns[0]);
            }
        }
        return byBus;
    }

    private static byte[] zipped(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
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
