package io.github.qmpreactive.test.internal.profile;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of one profile. */
@FunctionalInterface
public interface ProfileFiles {

    /** The reply to {@code query-qmp-schema} of {@code qemu-system-x86_64}, with gzip. */
    String SCHEMA = "qemu-system.json.gz";

    /** The same of {@code qemu-storage-daemon}; a profile may lack it. */
    String STORAGE_DAEMON_SCHEMA = "qemu-storage-daemon.json.gz";

    /** What introspection hides of the types in both. */
    String HIDDEN_TYPES = "hidden-types.txt";

    /** The device drivers. */
    String DRIVERS = "drivers.txt";

    /** The properties of the devices, and what QEMU says of wrong ones; with gzip. */
    String PROPERTIES = "properties.txt.gz";

    /** The buses of machines. */
    String BUSES = "buses.txt";

    /** The version, and what QEMU does differently in other versions. */
    String TRAITS = "traits.properties";

    /** All of them. */
    List<String> NAMES = List.of(SCHEMA, STORAGE_DAEMON_SCHEMA, HIDDEN_TYPES, DRIVERS, PROPERTIES, BUSES, TRAITS);

    /** Versions whose profiles come with the kit, the oldest first. */
    List<String> SHIPPED = List.of("7.2", "10.0", "11.1");

    /**
     * Reads a file.
     *
     * @return its content; empty if the profile has no such file
     * @throws UncheckedIOException if it cannot be read
     */
    Optional<byte[]> find(String name);

    /**
     * Reads a file that every profile has.
     *
     * @throws UncheckedIOException if it is missing or cannot be read
     */
    default byte[] read(String name) {
        return find(name)
                .orElseThrow(() -> new UncheckedIOException(
                        new FileNotFoundException("The profile has no file " + name + ": make it again")));
    }

    /**
     * Reads the lines of a file that every profile has, without comments.
     *
     * @return the lines that do not begin with {@code #}
     * @throws UncheckedIOException if it is missing or cannot be read
     */
    default List<String> lines(String name) {
        return new String(read(name), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .toList();
    }

    /**
     * The files of a profile that comes with the kit.
     *
     * @param version one of {@link #SHIPPED}
     */
    static ProfileFiles shipped(String version) {
        return name -> {
            String resource = "/io/github/qmpreactive/test/profile/" + version + "/" + name;
            try (InputStream in = ProfileFiles.class.getResourceAsStream(resource)) {
                return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException("The test kit's jar is damaged: " + resource, e);
            }
        };
    }

    /** The files in a folder. */
    static ProfileFiles in(Path folder) {
        return name -> {
            try {
                return Optional.of(Files.readAllBytes(folder.resolve(name)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(folder.resolve(name) + " cannot be read", e);
            }
        };
    }
}
