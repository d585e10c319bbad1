package io.github.qmpreactive.test.internal.profile;

import java.io.ByteArrayInputStream;
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
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

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

    /** The names of all files that a profile can have. */
    List<String> NAMES = List.of(SCHEMA, STORAGE_DAEMON_SCHEMA, HIDDEN_TYPES, DRIVERS, PROPERTIES, BUSES, TRAITS);

    /** Versions whose profiles come with the kit, the oldest first. */
    List<String> SHIPPED = List.of("7.2", "10.0", "11.1");

    /** The newest of them. */
    String NEWEST = SHIPPED.get(SHIPPED.size() - 1);

    /** The content of a file; empty if the profile has no such file. */
    Optional<byte[]> find(String name);

    /** The content of a file that every profile has. */
    default byte[] read(String name) {
        return find(name)
                .orElseThrow(() -> new UncheckedIOException(
                        new FileNotFoundException("The profile has no file " + name + ": make it again")));
    }

    /** The lines of a file that every profile has, without comments and empty ones. */
    default List<String> lines(String name) {
        return new String(decompressed(read(name)), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .toList();
    }

    /** The columns, separated by tabs, of each of the {@link #lines}. */
    default List<List<String>> rows(String name) {
        return lines(name).stream().map(line -> List.of(line.split("\t", -1))).toList();
    }

    /**
     * What a file holds.
     *
     * @param content as it is, or compressed with gzip
     * @throws IllegalArgumentException if it begins as if compressed, and is not; says why
     */
    static byte[] decompressed(byte[] content) {
        if (content.length < 2 || content[0] != (byte) 0x1F || content[1] != (byte) 0x8B) {
            return content;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
            return in.readAllBytes();
        } catch (ZipException e) {
            throw new IllegalArgumentException("Not gzip, though it begins like it (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("Cut off: the gzip stream has no end", e);
        }
    }

    /** The files of one of the {@link #SHIPPED} profiles. */
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
