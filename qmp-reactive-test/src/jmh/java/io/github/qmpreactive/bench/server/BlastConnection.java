package io.github.qmpreactive.bench.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** One client: cuts what it sends into commands, and keeps what it does not take yet. */
final class BlastConnection {

    /** The JDK copies what is written, so it is given no more than a socket may take at once. */
    private static final int WRITE_SIZE = 256 * 1024;

    private static final byte[] NOTHING = {};

    private final SocketChannel peer;
    private final SelectionKey key;
    private byte[] rest = NOTHING;
    private byte[] out = NOTHING;
    private int outFrom;
    private int outTo;
    private long flood;
    private final int socket;
    private boolean negotiated;

    BlastConnection(int socket, SocketChannel peer, SelectionKey key) {
        this.socket = socket;
        this.peer = peer;
        this.key = key;
        key.attach(this);
    }

    void greet() throws IOException {
        put(BlastCommands.GREETING, 0, BlastCommands.GREETING.length);
        flush();
    }

    /** The number of the socket that accepted it. */
    int socket() {
        return socket;
    }

    void negotiated() {
        negotiated = true;
    }

    boolean isNegotiated() {
        return negotiated;
    }

    void event() throws IOException {
        put(BlastCommands.EVENT, 0, BlastCommands.EVENT.length);
        flush();
    }

    /** Events to send behind what is answered now, and the one that ends them. */
    void flood(long events) {
        flood = events + 1;
    }

    /** Answers what has come. Returns false at the end of the connection. */
    boolean read(ByteBuffer in, BlastServer server) throws IOException {
        in.clear();
        in.put(rest);
        if (peer.read(in) < 0) {
            return false;
        }
        byte[] bytes = in.array();
        int end = in.position();
        int start = 0;
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < end; i++) {
            byte b = bytes[i];
            if (quoted) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    quoted = false;
                }
            } else if (b == '"') {
                quoted = true;
            } else if (b == '{') {
                if (depth++ == 0) {
                    start = i;
                }
            } else if (b == '}' && --depth == 0) {
                BlastCommands.answer(bytes, start, i + 1, this, server);
                start = i + 1;
            }
        }
        rest = start == end || depth == 0 ? NOTHING : Arrays.copyOfRange(bytes, start, end);
        return true;
    }

    void put(byte[] bytes, int offset, int length) {
        if (outTo + length > out.length) {
            int kept = outTo - outFrom;
            byte[] target =
                    kept + length > out.length ? new byte[Math.max(kept + length, Math.max(256, 2 * kept))] : out;
            System.arraycopy(out, outFrom, target, 0, kept);
            out = target;
            outFrom = 0;
            outTo = kept;
        }
        System.arraycopy(bytes, offset, out, outTo, length);
        outTo += length;
    }

    /** Writes what the client takes; while it takes no more, nothing is read from it. */
    void flush() throws IOException {
        while (true) {
            fill();
            if (outFrom == outTo) {
                outFrom = 0;
                outTo = 0;
                want(SelectionKey.OP_READ);
                return;
            }
            int length = Math.min(outTo - outFrom, WRITE_SIZE);
            int written = peer.write(ByteBuffer.wrap(out, outFrom, length));
            outFrom += written;
            if (written < length) {
                want(SelectionKey.OP_WRITE);
                return;
            }
        }
    }

    private void fill() {
        while (flood > 0 && outTo - outFrom < WRITE_SIZE) {
            byte[] event = --flood > 0 ? BlastCommands.EVENT : BlastCommands.DONE;
            put(event, 0, event.length);
        }
    }

    private void want(int operation) {
        if (key.interestOps() != operation) {
            key.interestOps(operation);
        }
    }

    void close() {
        key.cancel();
        try {
            peer.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
