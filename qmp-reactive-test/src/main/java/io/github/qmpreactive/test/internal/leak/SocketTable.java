package io.github.qmpreactive.test.internal.leak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What Linux tells of sockets, by their inodes. */
final class SocketTable {

    private static final Path TABLES = Path.of("/proc/self/net");
    private static final List<String> STATES = List.of(
            "unknown",
            "established",
            "SYN sent",
            "SYN received",
            "FIN wait 1",
            "FIN wait 2",
            "time wait",
            "closed",
            "close wait",
            "last ACK",
            "listening",
            "closing");

    private final Map<String, String> streams = new HashMap<>();
    private final Set<String> others = new HashSet<>();

    private SocketTable() {}

    static SocketTable read() {
        SocketTable table = new SocketTable();
        table.lines("tcp", 10, table::tcp);
        table.lines("tcp6", 10, table::tcp);
        table.lines("unix", 7, table::unix);
        for (String name : List.of("udp", "udp6", "raw", "raw6", "icmp", "icmp6")) {
            table.lines(name, 10, columns -> table.others.add(columns[9]));
        }
        table.lines("netlink", 10, columns -> table.others.add(columns[9]));
        table.lines("packet", 9, columns -> table.others.add(columns[8]));
        return table;
    }

    /** Says which socket it is; empty if it is one for datagrams or the like. */
    Optional<String> describe(String inode) {
        return others.contains(inode)
                ? Optional.empty()
                : Optional.of(streams.getOrDefault(inode, "socket that is neither bound nor connected"));
    }

    private void lines(String table, int columns, Consumer<String[]> row) {
        Path file = TABLES.resolve(table);
        if (Files.isReadable(file)) {
            try {
                Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                        .skip(1)
                        .map(line -> line.strip().split("\\s+", 11))
                        .filter(line -> line.length >= columns)
                        .forEach(row);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void tcp(String... columns) {
        int state = Integer.parseInt(columns[3], 16);
        String name = STATES.get(state < STATES.size() ? state : 0);
        String peer = state == 10 ? "" : " to " + address(columns[2]);
        streams.put(columns[9], "TCP socket " + address(columns[1]) + peer + " (" + name + ")");
    }

    private void unix(String... columns) {
        boolean listening = columns[3].equals("00010000");
        boolean connected = columns[5].equals("03");
        if (columns[4].equals("0002")) {
            others.add(columns[6]);
            return;
        }
        String path = columns.length > 7 ? columns[7] : "without a path of its own";
        String state = listening ? "listening" : connected ? "connected" : "not connected";
        streams.put(columns[6], "UNIX socket " + path + " (" + state + ")");
    }

    /** Words in the computer's own byte order, a colon, a port. */
    private static String address(String text) {
        int colon = text.indexOf(':');
        ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
        for (int i = 0; i < colon; i += 8) {
            bytes.putInt(Integer.parseUnsignedInt(text.substring(i, i + 8), 16));
        }
        int port = Integer.parseInt(text.substring(colon + 1), 16);
        try {
            String host = InetAddress.getByAddress(bytes.array()).getHostAddress();
            return String.format(Locale.ROOT, host.indexOf(':') < 0 ? "%s:%d" : "[%s]:%d", host, port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(text + " is no address", e);
        }
    }
}
