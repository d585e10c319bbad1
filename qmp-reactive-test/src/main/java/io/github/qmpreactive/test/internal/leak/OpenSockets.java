package io.github.qmpreactive.test.internal.leak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sockets that this JVM has open: TCP and UNIX sockets, and those that are neither bound nor connected. Not those for
 * datagrams, of which Netty's resolver of names keeps one for each event loop. Needs Linux's {@code /proc}.
 */
public final class OpenSockets implements Census<String> {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    /** All of them. Opens some for a moment, since Java keeps a few for itself from its first socket on. */
    public OpenSockets() {
        try (SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel tcp = ServerSocketChannel.open();
                ServerSocket old = new ServerSocket()) {
            unix.configureBlocking(false);
            tcp.configureBlocking(false);
            old.setReuseAddress(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether this system can tell.
     *
     * @return whether there is a {@code /proc}
     */
    public static boolean isSupported() {
        return Files.isDirectory(DESCRIPTORS);
    }

    @Override
    public Set<String> take() {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors
                    .map(descriptor -> SOCKET.matcher(target(descriptor)))
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> describe(Collection<String> more) {
        SocketTable table = SocketTable.read();
        return more.stream().flatMap(inode -> table.describe(inode).stream()).toList();
    }

    /** What is closed while it is listed is not there. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
