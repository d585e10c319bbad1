package io.github.qmpreactive.option;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Which file descriptor is to be passed. Nothing is opened before a call that passes it is subscribed to; then it is
 * opened, or duplicated, on the subscriber's thread, and what was opened is closed when the call is over.
 */
public sealed interface FdSource {

    /**
     * A file, or a device, that is opened anew for each subscription: with {@code O_CLOEXEC}, never created, never
     * truncated, and without waiting for the other end of a FIFO.
     *
     * @param path its path, in the default file system
     * @param access for what to open it
     * @return the source
     * @throws IllegalArgumentException if the path is not of the default file system
     */
    static FdSource of(Path path, FdAccess access) {
        return new OfPath(path, access);
    }

    /**
     * A descriptor that this process has open. It stays the caller's: it is duplicated when the call is subscribed to,
     * and once {@code subscribe()} has returned the caller may close it.
     *
     * @param number its number
     * @return the source
     */
    static FdSource ofRaw(int number) {
        return new OfNumber(number);
    }

    /**
     * A file to open.
     *
     * @param path its path, in the default file system
     * @param access for what to open it
     */
    record OfPath(Path path, FdAccess access) implements FdSource {

        /**
         * A file to open.
         *
         * @param path its path, in the default file system
         * @param access for what to open it
         * @throws IllegalArgumentException if the path is not of the default file system
         */
        public OfPath {
            Objects.requireNonNull(access, "access");
            if (!path.getFileSystem().equals(FileSystems.getDefault())) {
                throw new IllegalArgumentException(path + " is in " + path.getFileSystem()
                        + ": only files of the default file system have descriptors");
            }
        }

        @Override
        public String toString() {
            return path + " (" + access.name().toLowerCase(Locale.ROOT).replace('_', '-') + ")";
        }
    }

    /**
     * A descriptor that is open already.
     *
     * @param number its number
     */
    record OfNumber(int number) implements FdSource {
        @Override
        public String toString() {
            return "descriptor " + number;
        }
    }
}
