package io.github.qmpreactive.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder with a short path, since the path of a UNIX socket must not be longer than some 100 bytes. */
final class SocketFolder {

    private final Path folder;

    private SocketFolder(Path folder) {
        this.folder = folder;
    }

    static SocketFolder create() {
        try {
            return new SocketFolder(Files.createTempDirectory("qmp"));
        } catch (IOException e) {
            throw new UncheckedIOException("There is no place for a socket", e);
        }
    }

    Path socket() {
        return folder.resolve("s");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Removes it and all that is in it, as far as that can be done. */
    void delete() {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            return;
        }
        for (Path path : paths) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // Left to the system, which empties its temporary folder now and then.
            }
        }
    }
}
