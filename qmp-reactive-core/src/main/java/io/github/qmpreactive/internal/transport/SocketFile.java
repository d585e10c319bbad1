package io.github.qmpreactive.internal.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The file of a UNIX socket that is listened on. It is removed a moment before the socket is closed. */
final class SocketFile {

    private static final Logger LOG = Loggers.getLogger(SocketFile.class);
    private static final int TYPE_MASK = 0170000;
    private static final int TYPE_SOCKET = 0140000;

    private final String session;
    private final Path path;
    private volatile @Nullable Object key;

    SocketFile(String session, Path path) {
        this.session = session;
        this.path = path;
    }

    /** Whether something is at the path, a link that leads nowhere included. */
    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a socket is at the path, and not a file of another kind. */
    static boolean isSocket(Path path) {
        try {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return mode instanceof Integer bits && (bits & TYPE_MASK) == TYPE_SOCKET;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // No such attribute on this system.
            BasicFileAttributes found = attributes(path);
            return found != null && found.isOther();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Removes a socket on which no program listens. To be called before binding: the native transport removes
     * whatever file is there, data included.
     *
     * @throws BindException if a program listens there, or it is something else, which stays
     * @throws AccessDeniedException if it may not be removed, or it cannot be known whether a program listens on it
     * @throws IOException if it cannot be removed for another reason
     */
    static void makeWay(String session, Path path) throws IOException {
        if (!exists(path)) {
            return;
        }
        if (!isSocket(path) || isListenedOn(path)) {
            throw new BindException("Address already in use");
        }
        try {
            Files.deleteIfExists(path);
        } catch (FileSystemException e) {
            // In a folder such as /tmp only its owner may remove a file.
            throw denied(path, "a socket was left behind there that this user may not remove", e);
        }
        LOG.debug("[{}] Removed {}, a socket that was left behind", session, path);
    }

    /** To be called once the socket is bound: what is at the path now is ours. */
    void bound() {
        BasicFileAttributes found = attributes(path);
        key = found == null ? null : found.fileKey();
    }

    /** Removes the file, unless another file has replaced it; any number of times. */
    void remove() {
        if (key == null) {
            return;
        }
        try {
            PathLock lock = PathLock.acquire(path);
            try {
                removeOurs();
            } finally {
                lock.release();
            }
        } catch (PathLock.Busy e) {
            // Another listener makes way for itself.
            LOG.debug("[{}] The socket {} is left to another listener", session, path);
        }
    }

    private void removeOurs() {
        BasicFileAttributes found = attributes(path);
        Object ours = key;
        if (found == null || ours == null || !ours.equals(found.fileKey()) || !isSocket(path)) {
            return;
        }
        key = null;
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("[{}] Cannot remove the socket {}", session, path, e);
        }
    }

    /** Does not wait: a socket whose queue is full is listened on, too. */
    private static boolean isListenedOn(Path path) throws AccessDeniedException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (BindException e) {
            // What Java makes of a lack of permission
            throw denied(
                    path,
                    "there is a socket that this user may not use, so it cannot be known whether it is in use",
                    e);
        } catch (IOException | UnsupportedOperationException e) {
            // Such as a queue that is full
            return true;
        }
    }

    private static AccessDeniedException denied(Path path, String why, Exception cause) {
        AccessDeniedException denied = new AccessDeniedException(path.toString(), null, why);
        denied.initCause(cause);
        return denied;
    }

    private static @Nullable BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }
}
