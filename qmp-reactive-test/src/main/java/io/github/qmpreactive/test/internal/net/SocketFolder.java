package io.github.qmpreactive.test.internal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Where a socket is: in a temporary folder with a short path, since that of a socket has some 100 bytes at most. */
public final class SocketFolder {

    /** Those that were not deleted so far: a test that closes nothing is to leave nothing all the same. */
    private static final Set<SocketFolder> TEMPORARY = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> List.copyOf(TEMPORARY).forEach(SocketFolder::delete), "qmp-test folders"));
    }

    private final Path folder;
    private final Path socket;
    private final boolean temporary;

    private SocketFolder(Path folder, Path socket, boolean temporary) {
        this.folder = folder;
        this.socket = socket;
        this.temporary = temporary;
    }

    /** Returns the folder, to be deleted, which happens at the end of this JVM at the latest. */
    public static SocketFolder create() {
        try {
            Path path = Files.createTempDirectory("qmp");
            SocketFolder folder = new SocketFolder(path, path.resolve("s"), true);
            TEMPORARY.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("There is no place for a socket", e);
        }
    }

    /**
     * A folder of the test's, and the path of a socket in it; a socket that is there is removed.
     *
     * @return the folder, of which only the socket is deleted
     */
    public static SocketFolder at(Path socket) {
        Path absolute = socket.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(socket + " is no path of a socket");
        }
        SocketFolder place = new SocketFolder(folder, absolute, false);
        place.delete();
        return place;
    }

    public Path socket() {
        return socket;
    }

    public Path path() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Removes what is ours, as far as that can be done. */
    public void delete() {
        if (!temporary) {
            if (!Files.isRegularFile(socket) && !Files.isDirectory(socket)) {
                delete(socket);
            }
            return;
        }
        TEMPORARY.remove(this);
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
