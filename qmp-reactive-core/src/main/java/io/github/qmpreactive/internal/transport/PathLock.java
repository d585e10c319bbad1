package io.github.qmpreactive.internal.transport;

import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Held from looking at what is at the path of a socket until the socket is listened on: two listeners, in one process or
 * in two, would else take each other's file for one that was left behind. Acquiring it never waits. There is a lock file beside the
 * socket as long as it is held.
 */
final class PathLock {

    /** Another listener holds it. */
    static final class Busy extends BindException {
        private static final long serialVersionUID = 1;

        Busy() {
            super("Another listener is being opened there");
        }
    }

    private static final Logger LOG = Loggers.getLogger(PathLock.class);

    /** Those held in this process: the system's locks do not hold among its threads. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final int ATTEMPTS = 10;
    private static final int LARGEST_MARK = 1 << 16;

    private final Path path;
    private final Path file;
    private @Nullable FileChannel channel;
    private boolean released;

    private PathLock(Path path, Path file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Locks a path.
     *
     * @param socket the path of a socket
     * @return the lock; where no file can be made beside the socket it holds within this process only
     * @throws Busy if another listener holds it
     */
    static PathLock acquire(Path socket) throws Busy {
        Path path = real(socket.toAbsolutePath());
        if (!HELD.add(path)) {
            throw new Busy();
        }
        PathLock lock = new PathLock(path, path.resolveSibling("." + path.getFileName() + ".qmp-reactive.lock"));
        try {
            lock.lockFile();
            return lock;
        } catch (Busy e) {
            lock.release();
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            // Where no file can be made no socket can be bound either, and binding has the better words.
            LOG.debug("No lock beside {}", path, e);
            return lock;
        }
    }

    /** Any number of times. */
    synchronized void release() {
        if (released) {
            return;
        }
        released = true;
        FileChannel locked = channel;
        if (locked != null) {
            // Before it is unlocked: those who have opened it notice that it is not the one at the path any more.
            delete();
            close(locked);
        }
        HELD.remove(path);
    }

    private void lockFile() throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            FileChannel opened = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            boolean locked = false;
            try {
                locked = isLocked(opened);
                if (locked && isAtPath(opened)) {
                    channel = opened;
                    return;
                }
            } catch (IOException e) {
                if (locked) {
                    delete();
                }
                close(opened);
                throw e;
            }
            close(opened);
            if (!locked) {
                throw new Busy();
            }
        }
        throw new Busy();
    }

    private static boolean isLocked(FileChannel opened) throws IOException {
        try {
            return opened.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // By other classes of this process that are loaded from the same place.
            return false;
        }
    }

    /**
     * Whether it has not been deleted since it was opened. It gets a size that no other has, and is not read: closing
     * what it was read with would unlock it.
     */
    private boolean isAtPath(FileChannel opened) throws IOException {
        int mark = ThreadLocalRandom.current().nextInt(1, LARGEST_MARK);
        opened.truncate(0);
        opened.write(ByteBuffer.allocate(1), mark - 1L);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == mark;
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("Cannot delete {}", file, e);
        }
    }

    private static void close(FileChannel opened) {
        try {
            opened.close();
        } catch (IOException e) {
            LOG.debug("Cannot close a lock", e);
        }
    }

    /** One path for all that lead to the same folder. */
    private static Path real(Path path) {
        Path folder = path.getParent();
        try {
            return folder == null ? path : folder.toRealPath().resolve(path.getFileName());
        } catch (IOException e) {
            return path.normalize();
        }
    }
}
