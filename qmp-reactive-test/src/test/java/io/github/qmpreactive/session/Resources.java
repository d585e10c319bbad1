package io.github.qmpreactive.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Sockets of this process, and its threads without those of the JVM, which starts compiler threads when it is busy. */
record Resources(long sockets, long threads) {

    static Resources ofThisProcess() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            long sockets = descriptors
                    .filter(descriptor -> targetOf(descriptor).startsWith("socket:"))
                    .count();
            return new Resources(sockets, Thread.getAllStackTraces().size());
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
