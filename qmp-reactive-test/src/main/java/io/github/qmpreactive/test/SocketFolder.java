package io.github.qmpreactive.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a socket is: in a temporary folder with a short path, since that of a socket has some 100 bytes at most. */
final class SocketFolder {

    private final Path folder;
    private final Path socket;
    private final boolean temporary;

    private SocketFolder(Path folder, Path socket, boolean temporary) {
        this.folder = folder;
        this.socket = socket;
        this.temporary = temporary;
    }

    static SocketFolder create() {
        try {
            Path folder = Files.createTempDirectory("qmp");
            return new SocketFolder(folder, folder.resolve("s"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("There is no place for a socket", e);
        }
    }

    /** Somebody else's folder, and the path of a socket in it; a socket that is there is removed. */
    static SocketFolder at(Path socket) {
        Path absolute = socket.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(socket + " is no path of a socket");
        }
        SocketFolder place = new SocketFolder(folder, absolute, false);
        place.delete();
        return place;
    }

    Path socket() {
        return socket;
    }

    Path path() {
        return folder;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Removes what is ours, as far as that can be done. */
    void delete() {
        if (!temporary) {
            if (!Files.isRegularFile(socket) && !Files.isDirectory(socket)) {
                delete(socket);
            }
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            return;
        }
        paths.forEach(SocketFolder::delete);
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Left to the system, which empties its temporary folder now and then.
        }
    }
}
