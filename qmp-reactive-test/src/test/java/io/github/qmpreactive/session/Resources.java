package io.github.qmpreactive.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds, as the kernel tells it. */
record Resources(long sockets, long threads) {

    static Resources ofThisProcess() {
        return new Resources(count(Path.of("/proc/self/fd"), "socket:"), count(Path.of("/proc/self/task"), ""));
    }

    private static long count(Path folder, String target) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> target.isEmpty() || targetOf(entry).startsWith(target))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
