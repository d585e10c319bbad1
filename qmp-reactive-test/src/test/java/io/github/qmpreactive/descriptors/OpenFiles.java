package io.github.qmpreactive.descriptors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The open descriptors of processes, as the kernel tells them, and files to open. */
final class OpenFiles {

    private OpenFiles() {}

    /** Number and target of each. */
    static SortedMap<Long, String> of(long pid) {
        SortedMap<Long, String> files = new TreeMap<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            links.forEach(link -> target(link)
                    .ifPresent(to -> files.put(Long.valueOf(link.getFileName().toString()), to)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    static SortedMap<Long, String> ofThisProcess() {
        return of(ProcessHandle.current().pid());
    }

    /** How many of a process's descriptors are of this file. */
    static long count(long pid, Path file) {
        return of(pid).values().stream().filter(file.toString()::equals).count();
    }

    /** The one descriptor that this process has of a file. */
    static int numberOf(Path file) {
        return ofThisProcess().entrySet().stream()
                .filter(open -> open.getValue().equals(file.toString()))
                .mapToInt(open -> open.getKey().intValue())
                .reduce((a, b) -> {
                    throw new AssertionError(file + " is open twice");
                })
                .orElseThrow();
    }

    static long countHere(Path file) {
        return count(ProcessHandle.current().pid(), file);
    }

    /** The files in a folder that this process has open, one entry for each descriptor. */
    static List<String> hereIn(Path folder) throws IOException {
        Path real = folder.toRealPath();
        return ofThisProcess().values().stream()
                .filter(file -> Path.of(file).startsWith(real))
                .toList();
    }

    /** A file of some size, under its real name, which the kernel tells. */
    static Path create(Path folder, String name, int size) {
        try {
            return Files.write(folder.resolve(name), new byte[size]).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (IOException e) {
            // Closed since it was listed.
            return Optional.empty();
        }
    }
}
