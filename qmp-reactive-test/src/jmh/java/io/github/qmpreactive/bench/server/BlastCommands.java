package io.github.qmpreactive.bench.server;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What the server says to a command:
 *
 * <ul>
 *   <li>{@code query-status}: the reply that QEMU gives for a running machine
 *   <li>{@code big} with {@code {"kb": N}}: a reply of about N KiB
 *   <li>{@code flood} with {@code {"n": N}}: an empty reply, then N events, then one event DONE
 *   <li>{@code broadcast}: one event to every connection, then an empty reply
 *   <li>{@code restart} with {@code {"socket": N, "ms": M}}: an empty reply; all connections of that socket are closed, and it
 *       listens again after that time
 *   <li>{@code handshakes}: how many connections were accepted and not negotiated at a time, at most, since it was last asked
 *   <li>{@code hold}: nothing, ever
 *   <li>{@code qmp_capabilities}, and anything else: an empty reply
 * </ul>
 */
final class BlastCommands {

    static final byte[] GREETING =
            ascii("{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7},"
                    + " \"package\": \"blast\"}, \"capabilities\": [\"oob\"]}}\r\n");
    static final byte[] EVENT = ascii("{\"timestamp\": {\"seconds\": 1763900000, \"microseconds\": 123456},"
            + " \"event\": \"BLOCK_JOB_READY\", \"data\": {\"device\": \"drive0\", \"len\": 10737418240,"
            + " \"offset\": 10737418240, \"speed\": 0, \"type\": \"mirror\"}}\r\n");
    static final byte[] DONE = ascii("{\"timestamp\": {\"seconds\": 1763900000, \"microseconds\": 123456},"
            + " \"event\": \"DONE\", \"data\": {}}\r\n");

    private static final byte[] STATUS =
            ascii("{\"return\": {\"status\": \"running\", \"singlestep\": false, \"running\": true}, \"id\": ");
    private static final byte[] EMPTY = ascii("{\"return\": {}, \"id\": ");
    private static final byte[] END = ascii("}\r\n");
    private static final byte[] NO_ID = ascii("null");

    private static final byte[] IS_STATUS = ascii("\"query-status\"");
    private static final byte[] IS_BIG = ascii("\"big\"");
    private static final byte[] IS_FLOOD = ascii("\"flood\"");
    private static final byte[] IS_BROADCAST = ascii("\"broadcast\"");
    private static final byte[] IS_RESTART = ascii("\"restart\"");
    private static final byte[] IS_HANDSHAKES = ascii("\"handshakes\"");
    private static final byte[] IS_CAPABILITIES = ascii("\"qmp_capabilities\"");
    private static final byte[] SOCKET = ascii("\"socket\"");
    private static final byte[] MS = ascii("\"ms\"");
    private static final byte[] IS_HOLD = ascii("\"hold\"");
    private static final byte[] KB = ascii("\"kb\"");
    private static final byte[] N = ascii("\"n\"");
    private static final byte[] ID = ascii("\"id\"");

    private static final Map<Long, byte[]> BIG = new HashMap<>();

    private BlastCommands() {}

    /** Answers the command that these bytes hold. */
    static void answer(byte[] bytes, int from, int to, BlastConnection connection, BlastServer server) {
        byte[] reply = EMPTY;
        if (find(bytes, from, to, IS_STATUS) >= 0) {
            reply = STATUS;
        } else if (find(bytes, from, to, IS_BIG) >= 0) {
            reply = BIG.computeIfAbsent(number(bytes, from, to, KB), BlastCommands::big);
        } else if (find(bytes, from, to, IS_FLOOD) >= 0) {
            connection.flood(number(bytes, from, to, N));
        } else if (find(bytes, from, to, IS_BROADCAST) >= 0) {
            server.broadcast();
        } else if (find(bytes, from, to, IS_RESTART) >= 0) {
            server.restart((int) number(bytes, from, to, SOCKET), number(bytes, from, to, MS));
        } else if (find(bytes, from, to, IS_HANDSHAKES) >= 0) {
            reply = ascii("{\"return\": " + server.handshakes() + ", \"id\": ");
        } else if (find(bytes, from, to, IS_CAPABILITIES) >= 0) {
            connection.negotiated();
        } else if (find(bytes, from, to, IS_HOLD) >= 0) {
            return;
        }
        connection.put(reply, 0, reply.length);
        putId(bytes, from, to, connection);
        connection.put(END, 0, END.length);
    }

    private static void putId(byte[] bytes, int from, int to, BlastConnection connection) {
        int at = find(bytes, from, to, ID);
        if (at < 0) {
            connection.put(NO_ID, 0, NO_ID.length);
            return;
        }
        int start = value(bytes, at + ID.length);
        int end = start + 1;
        if (bytes[start] == '"') {
            while (bytes[end++] != '"') {
                // To the end of the string; no id has an escape in it.
            }
        } else {
            while (bytes[end] != ',' && bytes[end] != '}' && bytes[end] != ' ') {
                end++;
            }
        }
        connection.put(bytes, start, end - start);
    }

    private static byte[] big(long kb) {
        StringBuilder text = new StringBuilder("{\"return\": [");
        for (long i = 0; i < kb * 1024 / 64; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(String.format("{\"name\": \"member-%08d\", \"tag\": \"str\", \"on\": true}", i));
        }
        return ascii(text.append("], \"id\": ").toString());
    }

    private static long number(byte[] bytes, int from, int to, byte[] name) {
        int at = find(bytes, from, to, name);
        long number = 0;
        for (int i = at < 0 ? to : value(bytes, at + name.length); i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            number = 10 * number + bytes[i] - '0';
        }
        return number;
    }

    private static int value(byte[] bytes, int at) {
        int i = at;
        while (bytes[i] == ' ' || bytes[i] == ':') {
            i++;
        }
        return i;
    }

    private static int find(byte[] bytes, int from, int to, byte[] wanted) {
        for (int i = from; i <= to - wanted.length; i++) {
            if (bytes[i] == '"' && bytes[i + 1] == wanted[1] && matches(bytes, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean matches(byte[] bytes, int at, byte[] wanted) {
        for (int i = 2; i < wanted.length; i++) {
            if (bytes[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
