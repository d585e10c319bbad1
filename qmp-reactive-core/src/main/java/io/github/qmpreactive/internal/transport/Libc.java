package io.github.qmpreactive.internal.transport;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.qmpreactive.option.FdAccess;
import java.util.Map;

/**
 * The calls of the system that passing descriptors takes, on 64-bit Linux: the only class that knows JNA, and the
 * constants and structures of the kernel. Calls return what the kernel's own do: a result, or a negative errno.
 */
final class Libc {

    private static final int EINTR = 4;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int EPIPE = 32;
    static final int ECONNRESET = 104;
    static final int ENOTCONN = 107;

    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    // One block: struct msghdr, struct iovec, struct cmsghdr with one int, and the byte that carries it.
    private static final int MESSAGE = 0;
    private static final int VECTOR = 56;
    private static final int CONTROL = 72;
    private static final int CONTROL_LENGTH = 16 + Integer.BYTES;
    private static final int CONTROL_SPACE = 16 + Long.BYTES;
    private static final int CARRIER = CONTROL + CONTROL_SPACE;
    private static final int BLOCK = CARRIER + Byte.BYTES;

    private interface Calls extends Library {
        int open(String path, int flags, Object... mode);

        int fcntl(int fd, int command, Object... argument);

        int close(int fd);

        // ssize_t, of 64 bits wherever this class is used
        long sendmsg(int socket, Pointer message, int flags);

        String strerror(int errno);
    }

    private static final Calls CALLS = Native.load(
            Calls.class,
            // File names have the encoding that the JDK uses for them.
            Map.of(Library.OPTION_STRING_ENCODING, System.getProperty("sun.jnu.encoding", "UTF-8")));

    private Libc() {}

    /** Opens a file that exists, and leaves its content alone; does not wait for the other end of a FIFO or device. */
    static int open(String path, FdAccess access) {
        int mode =
                switch (access) {
                    case READ_ONLY -> 0;
                    case READ_WRITE -> O_RDWR;
                    case WRITE_ONLY -> O_WRONLY;
                };
        int flags = mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
        int fd;
        do {
            fd = result(CALLS.open(path, flags));
        } while (fd == -EINTR);
        return fd < 0 ? fd : blocking(fd);
    }

    /** Not waiting was for the opening alone: the taker of the descriptor shares this flag. */
    private static int blocking(int fd) {
        int flags = result(CALLS.fcntl(fd, F_GETFL));
        int error = flags < 0 ? flags : result(CALLS.fcntl(fd, F_SETFL, flags & ~O_NONBLOCK));
        if (error < 0) {
            close(fd);
            return error;
        }
        return fd;
    }

    static int duplicate(int fd) {
        return result(CALLS.fcntl(fd, F_DUPFD_CLOEXEC, 0));
    }

    /** Never to be repeated, whatever it returns: the number is free in any case. */
    static int close(int fd) {
        return result(CALLS.close(fd));
    }

    /** Sends one byte with a descriptor; does not wait. Returns the number of bytes sent. */
    static int sendDescriptor(int socket, int fd, byte carrier) {
        try (Memory block = new Memory(BLOCK)) {
            block.clear();
            block.setPointer(MESSAGE + 16, block.share(VECTOR));
            block.setLong(MESSAGE + 24, 1);
            block.setPointer(MESSAGE + 32, block.share(CONTROL));
            block.setLong(MESSAGE + 40, CONTROL_SPACE);
            block.setPointer(VECTOR, block.share(CARRIER));
            block.setLong(VECTOR + 8, Byte.BYTES);
            block.setLong(CONTROL, CONTROL_LENGTH);
            block.setInt(CONTROL + 8, SOL_SOCKET);
            block.setInt(CONTROL + 12, SCM_RIGHTS);
            block.setInt(CONTROL + 16, fd);
            block.setByte(CARRIER, carrier);
            int sent;
            do {
                sent = result(CALLS.sendmsg(socket, block, MSG_DONTWAIT | MSG_NOSIGNAL));
            } while (sent == -EINTR);
            return sent;
        }
    }

    static String describe(int errno) {
        return CALLS.strerror(errno) + " (errno " + errno + ")";
    }

    private static int result(long returned) {
        return returned < 0 ? -Native.getLastError() : (int) returned;
    }
}
