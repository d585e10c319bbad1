package io.github.qmpreactive.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Sockets of this process, 0 where there is no {@code /proc}, and its threads without those of the JVM, which starts compiler threads when it is busy. */
record Resources(long sockets, long threads) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static Resources ofThisProcess() {
        return new Resources(
                Files.isDirectory(DESCRIPTORS) ? openSockets() : 0,
                Thread.getAllStackTraces().size());
    }

    private static long openSockets() {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors
                    .filter(descriptor -> targetOf(descriptor).startsWith("socket:"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One thread more is the one that waits for the end of a process. */
    boolean isAtMost(Resources other) {
        return sockets <= other.sockets && threads <= other.threads + 1;
    }

    private static String targetOf(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            // Closed since it was listed.
            return "";
        }
    }
}
